package dev.widekey.daemon.state;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.TestDatabases;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.util.UUID;

/** A state schema of its own on the target, owned by this process. */
public final class OwnedTarget implements AutoCloseable {
    public final TestSchema schema;
    public final Database.Owner owner;
    public final Database database;
    public final StateSchema state;
    public final Ownership ownership;

    public OwnedTarget() throws Exception {
        schema = TestSchema.on(TestServers.target(), "state");
        owner = new Database.Owner(schema.name(), UUID.randomUUID().toString());
        database = TestDatabases.target(schema.server(), owner);
        state = new StateSchema(schema.name());
        try (Connection connection = database.connect()) {
            state.create(connection);
        }
        ownership = Ownership.take(database, state, owner, "test");
    }

    MigrationRecord record() {
        return new MigrationRecord(database, state, owner.migration(), Retry.ofDefaults("state"));
    }

    ChunkLog chunks() {
        return new ChunkLog(database, state, owner.migration(), ownership, Retry.ofDefaults("plan"));
    }

    /** As if another process had taken over. */
    public void loseOwnership() throws Exception {
        schema.execute("UPDATE owner SET epoch = epoch + 1");
    }

    @Override
    public void close() throws Exception {
        ownership.close();
        database.close();
        schema.close();
    }
}
