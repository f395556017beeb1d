package dev.widekey.cdc.debezium;

import io.debezium.connector.mysql.MySqlConnector;
import org.apache.kafka.connect.connector.Task;

/** The engine's connector with a {@link StrictTask}. Public only because the engine loads it by name. */
public final class StrictConnector extends MySqlConnector {

    @Override
    public Class<? extends Task> taskClass() {
        return StrictTask.class;
    }
}
