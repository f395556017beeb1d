package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.TestDatabases;
import dev.widekey.daemon.table.TableDefinition;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How far real columns are from their ends. */
class NarrowColumnsIT {
    private static final Database.Owner NOBODY = new Database.Owner("none", "test");

    @Test
    void onlyWhatIsNarrowerOnTheSourceAndIndexedOnTheTargetIsAsked() throws Exception {
        try (TestSchema source = TestSchema.on(TestServers.source(), "narrow");
                TestSchema target = TestSchema.on(TestServers.target(), "wide");
                Database database = TestDatabases.target(TestServers.target(), NOBODY)) {
            source.execute(
                    "CREATE TABLE history (id INT PRIMARY KEY, module INT, same BIGINT, loose INT, behind INT, text INT UNSIGNED)");
            target.execute(
                    "CREATE TABLE history (id BIGINT PRIMARY KEY, module BIGINT, same BIGINT, loose BIGINT, behind BIGINT,"
                            + " text VARCHAR(9), KEY (module, behind), KEY (same), KEY (text))");
            NarrowColumns narrow;
            try (Connection from = source.connect();
                    Connection to = target.connect()) {
                narrow = NarrowColumns.of(
                        database,
                        TableDefinition.read(to, target.name(), "history").orElseThrow(),
                        TableDefinition.read(from, source.name(), "history").orElseThrow(),
                        "id");
            }
            assertThat(narrow.left()).isEqualTo(Map.of("module", 2_147_483_647L));
            target.execute("INSERT INTO history VALUES (1, 2147483600, 1, 1, 1, 'a')");
            assertThat(narrow.left()).isEqualTo(Map.of("module", 47L));
            target.execute("INSERT INTO history VALUES (2, 3000000000, 1, 1, 1, 'a')");
            assertThat(narrow.left()).as("nothing is left behind the end").isEqualTo(Map.of("module", 0L));
        }
    }
}
