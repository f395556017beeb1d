package dev.widekey.flags;

import dev.widekey.sandbox.mysql.TestSchema;
import javax.sql.DataSource;

/** What tests of other packages need of this one. */
public final class Flags {

    private Flags() {}

    public static FlagStore inMemory() {
        return new InMemoryFlagStore();
    }

    /** Connections with the schema as the default. */
    public static DataSource connections(TestSchema schema) {
        return new FaultyDataSource(schema);
    }

    /** Connections that are all refused. */
    public static DataSource noConnections(TestSchema schema) {
        FaultyDataSource none = new FaultyDataSource(schema);
        for (int i = 0; i < 10; i++) {
            none.plan(FaultyDataSource.Fault.REFUSE_CONNECTION);
        }
        return none;
    }

    /** Connections of which the first loses the answer to its commit. */
    public static DataSource losingOneAnswer(TestSchema schema) {
        FaultyDataSource losing = new FaultyDataSource(schema);
        losing.plan(FaultyDataSource.Fault.LOSE_ANSWER_AFTER_COMMIT);
        return losing;
    }
}
