package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.debezium.EngineJob;
import dev.widekey.sandbox.csmh.World;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Debezium's incremental snapshot with batched upserts. Timed from the signal that starts it, with the engine running already. */
final class DebeziumCopy implements Contender {

    @Override
    public String name() {
        return "debezium";
    }

    @Override
    public String version() {
        return "Debezium Embedded of this build, incremental snapshot, batched upserts";
    }

    @Override
    public Lap copy(Servers servers) throws IOException, SQLException, InterruptedException {
        long rows;
        try (Connection connection = servers.sourceConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS " + EngineJob.SIGNALS
                    + " (id VARCHAR(64) PRIMARY KEY, type VARCHAR(32) NOT NULL, data VARCHAR(2048))");
            statement.execute("DELETE FROM " + EngineJob.SIGNALS);
            try (ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + World.OLD_TABLE)) {
                row.next();
                rows = row.getLong(1);
            }
        }
        Meter meter = Meter.start(servers);
        try (Engine engine = Engine.copying(servers, rows)) {
            Engine.Result result = engine.await();
            return meter.stop(result.seconds(), result.cpuSeconds(), 0, 0, 0);
        }
    }
}
