package dev.widekey.cdc.debezium;

import io.debezium.connector.mysql.MySqlConnectorTask;
import io.debezium.pipeline.ErrorHandler;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * The engine's task, which hands nothing out once an event could not be read. Public only because the engine loads it by name.
 *
 * <p>The race: the binlog client goes on reading behind an event that failed, and the engine looks for the failure before it waits for
 * records but not after. What was queued meanwhile, a heartbeat for instance, tells a place behind the event; a stream that went on there
 * would have lost its row. The failure is noted before anything behind it is queued, so looking once more after the wait misses none.
 */
public final class StrictTask extends MySqlConnectorTask {

    @Override
    public List<SourceRecord> doPoll() throws InterruptedException {
        List<SourceRecord> records = super.doPoll();
        Throwable failure =
                getErrorHandler().map(ErrorHandler::getProducerThrowable).orElse(null);
        if (failure != null) {
            throw new ConnectException("An event of the binlog could not be read.", failure);
        }
        return records;
    }
}
