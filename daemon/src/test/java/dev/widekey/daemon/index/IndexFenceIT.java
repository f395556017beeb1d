package dev.widekey.daemon.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.TestDatabases;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may change the target's indexes, and when they stay as they are. */
class IndexFenceIT {
    private TestSchema schema;
    private Database database;
    private Ownership ownership;
    private LateIndexes late;

    @BeforeEach
    void create() throws Exception {
        schema = TestSchema.on(TestServers.target(), "fence");
        Database.Owner owner =
                new Database.Owner(schema.name(), UUID.randomUUID().toString());
        database = TestDatabases.target(schema.server(), owner);
        StateSchema state = new StateSchema(schema.name());
        try (Connection connection = database.connect()) {
            state.create(connection);
        }
        ownership = Ownership.take(database, state, owner, "test");
        schema.execute("CREATE TABLE history (id BIGINT AUTO_INCREMENT PRIMARY KEY, v INT, KEY a (v), KEY b (v DESC))");
        late = new LateIndexes(
                database,
                ownership,
                schema.name(),
                "history",
                new LateIndexLog(database, state, owner.migration(), ownership),
                true,
                Retry.ofDefaults("index"));
    }

    @AfterEach
    void drop() throws Exception {
        ownership.close();
        database.close();
        schema.close();
    }

    @Test
    void whatIsSetAsideTwiceIsBuiltOnce() throws Exception {
        assertThat(late.areStored()).isFalse();
        late.setAside();
        late.setAside();
        assertThat(late.areStored()).isTrue();
        assertThat(indexes()).isEqualTo("PRIMARY");
        assertThat(late.build(() -> false)).hasValue("built 2 late indexes: a, b");
        assertThat(late.build(() -> false)).hasValue("the late indexes are there");
        assertThat(indexes()).isEqualTo("a,b,PRIMARY");
    }

    @Test
    void aProcessThatWasReplacedDropsNothing() throws Exception {
        schema.execute("UPDATE owner SET epoch = epoch + 1");
        assertThatThrownBy(late::setAside)
                .isInstanceOfSatisfying(
                        HaltException.class,
                        halt -> assertThat(halt.reason()).isEqualTo(HaltException.Reason.OWNERSHIP_LOST));
        assertThat(indexes()).isEqualTo("a,b,PRIMARY");
    }

    @Test
    void aProcessThatWasReplacedBuildsNothing() throws Exception {
        late.setAside();
        schema.execute("UPDATE owner SET epoch = epoch + 1");
        assertThatThrownBy(() -> late.build(() -> false))
                .isInstanceOfSatisfying(
                        HaltException.class,
                        halt -> assertThat(halt.reason()).isEqualTo(HaltException.Reason.OWNERSHIP_LOST));
        assertThat(indexes()).isEqualTo("PRIMARY");
    }

    @Test
    void theIndexesOfATableWithRowsStay() throws Exception {
        schema.execute("INSERT INTO history VALUES (1, 1)");
        late.setAside();
        assertThat(late.areStored()).isFalse();
        assertThat(indexes()).isEqualTo("a,b,PRIMARY");
    }

    @Test
    void anIndexOnWhatIsGoneHaltsAndNamesIt() throws Exception {
        late.setAside();
        schema.execute("ALTER TABLE history DROP COLUMN v");
        assertThatThrownBy(() -> late.build(() -> false)).isInstanceOfSatisfying(HaltException.class, halt -> {
            assertThat(halt.reason()).isEqualTo(HaltException.Reason.SCHEMA_CHANGED);
            assertThat(halt).hasMessageContaining("late_index").hasMessageContaining("'v'");
        });
    }

    private String indexes() throws Exception {
        return schema.value(
                        "SELECT GROUP_CONCAT(DISTINCT index_name ORDER BY index_name) FROM information_schema.statistics"
                                + " WHERE table_schema = DATABASE() AND table_name = 'history'")
                .orElseThrow();
    }
}
