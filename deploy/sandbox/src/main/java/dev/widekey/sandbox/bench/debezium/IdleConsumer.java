package dev.widekey.sandbox.bench.debezium;

import io.debezium.data.Envelope;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** Counts rows and forgets them. */
final class IdleConsumer implements Consumer {
    private final long wanted;
    private volatile long rows;
    private Stopwatch first = Stopwatch.start();

    IdleConsumer(long wanted) {
        this.wanted = wanted;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    public void take(SourceRecord record) {
        if (record.value() instanceof Struct value && value.schema().field(Envelope.FieldName.OPERATION) != null) {
            if (rows == 0) {
                first = Stopwatch.start();
                System.out.println(EngineProgram.BEGUN);
            }
            rows++;
        }
    }

    @Override
    public void flush() {}

    @Override
    public boolean isDone() {
        return rows >= wanted;
    }

    @Override
    public Stopwatch sinceFirst() {
        return first;
    }

    @Override
    public void close() {}
}
