package dev.widekey.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.outlet.WaffleSql;
import dev.widekey.flags.outlet.WaffleTable.Model;
import dev.widekey.flags.outlet.WaffleTables;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The journal on one server and the application's table on another one. */
class RelayedWaffleIT extends FlagStoreContract {

    private static final AtomicInteger MIGRATIONS = new AtomicInteger();
    private static TestSchema state;
    private static TestSchema application;

    @BeforeAll
    static void makeSchemas() throws SQLException {
        application = TestSchema.on(TestServers.source(), "waffle");
        state = TestSchema.on(TestServers.target(), "flags");
        try (Connection connection = state.connect()) {
            journal("any", WriteGuard.NONE).createTables(connection);
        }
    }

    @AfterAll
    static void dropSchemas() throws SQLException {
        state.close();
        application.close();
    }

    private static JdbcFlagStore journal(String migration, WriteGuard guard) {
        return new JdbcFlagStore(new FaultyDataSource(state), state.name(), migration, guard);
    }

    private static RelayedFlagStore relayed(FlagStore journal, RelayedFlagStore.Fence fence, String table) {
        WaffleSql outlet = new WaffleSql(
                WaffleTables.open(application, table, Model.SWITCH), Duration.ZERO, () -> false, System::nanoTime);
        return new RelayedFlagStore(
                journal, fence, outlet, RelayedFlagStoreTest.NAMES, Duration.ZERO, System::nanoTime);
    }

    @Override
    FlagStore emptyStore() throws SQLException {
        return relayed(
                journal("m" + MIGRATIONS.incrementAndGet(), WriteGuard.NONE),
                () -> {},
                WaffleTables.make(application, Model.SWITCH, "utf8mb4_bin"));
    }

    @Test
    void ownerThatWasReplacedReachesNeitherJournalNorApplication() throws SQLException {
        String migration = "m" + MIGRATIONS.incrementAndGet();
        String table = WaffleTables.make(application, Model.SWITCH, "utf8mb4_bin");
        FlagStore owner = relayed(journal(migration, WriteGuard.NONE), () -> {}, table);
        Routing routing = new Routing(owner, FlagName.of("write", true), FlagName.of("read", false));
        routing.initialise("epoch 1", "start");
        WriteGuard lost = connection -> {
            throw new IllegalStateException("this process is no longer the owner");
        };
        for (FlagStore late : List.of(
                relayed(journal(migration, lost), () -> {}, table),
                relayed(journal(migration, WriteGuard.NONE), () -> lost.check(state.connect()), table))) {
            Routing replaced = new Routing(late, FlagName.of("write", true), FlagName.of("read", false));
            assertThatThrownBy(() -> replaced.moveWrites("epoch 0", "late")).isInstanceOf(IllegalStateException.class);
            assertThat(application.value("SELECT active FROM " + table + " WHERE name = 'write'"))
                    .contains("0");
        }
        routing.moveWrites("epoch 1", "parity");
        routing.moveReads("epoch 1", "quiet");
        assertThat(application.value("SELECT GROUP_CONCAT(name, '=', active ORDER BY name) FROM " + table))
                .contains("read=0,write=1");
        assertThat(routing.stage()).isEqualTo(Stage.READS_MOVED);
    }
}
