package dev.widekey.sandbox.bench.debezium;

import java.sql.SQLException;
import org.apache.kafka.connect.source.SourceRecord;

/** Takes what the engine hands over, on the engine's thread. */
interface Consumer extends AutoCloseable {

    void take(SourceRecord record) throws InterruptedException;

    /** Ends a batch. */
    void flush();

    /** Whether every row that was asked for is through. May be asked by any thread. */
    boolean isDone();

    /** Time since the first row. */
    Stopwatch sinceFirst();

    @Override
    void close() throws SQLException;
}
