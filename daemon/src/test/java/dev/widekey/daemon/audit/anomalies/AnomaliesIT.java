package dev.widekey.daemon.audit.anomalies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.daemon.audit.AuditedTable;
import dev.widekey.daemon.audit.Range;
import dev.widekey.daemon.config.Condition;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.database.TestDatabases;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnomaliesIT {
    private static final AnomalyClass ODD = own("odd", "id % 2 = 1");

    /** A condition that takes a server some seconds for every row it is asked for. */
    private static final String SLOW =
            "(SELECT COUNT(*) FROM t a, t b, t c, t d WHERE a.v + b.v + c.v + d.v + %s > 0) < 0";

    private TestSchema schema;
    private Database source;

    @BeforeEach
    void create() throws Exception {
        schema = TestSchema.on(TestServers.source(), "anomalies");
        source = TestDatabases.source(TestServers.source(), new Database.Owner("none", "audit"));
        schema.execute(
                "CREATE TABLE t (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, v INT NOT NULL)",
                "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i * 3, i FROM n");
    }

    @AfterEach
    void drop() throws Exception {
        source.close();
        schema.close();
    }

    @Test
    void rangesOfAnySizeCoverEveryRowOnce() throws Exception {
        schema.execute("INSERT INTO t VALUES (0, 0), (9223372036854775807, 0), (18446744073709551615, 0)");
        for (int rows : List.of(1, 7, 103, 104, 5_000)) {
            Anomalies audit = new Anomalies(
                    table(AuditedTable.PATIENCE), List.of(ODD, own("large", "id > 1000000"), own("all", "TRUE")), rows);
            List<Finding> findings = audit.run(3);
            assertThat(audit.rows()).as("%d rows at a time", rows).isEqualTo(103);
            assertThat(findings).extracting(Finding::rows).containsExactly(52L, 2L, 103L);
            assertThat(findings.get(1).keys()).containsExactly("9223372036854775807", "18446744073709551615");
            assertThat(findings.get(2).keys()).hasSize(10).isSubsetOf(everyKey());
        }
    }

    @Test
    void aClassThatIsTooSlowForOneRowIsGivenUpByNameAndTheOthersAreCounted() throws Exception {
        Anomalies audit = new Anomalies(
                table(Duration.ofMillis(1500)), List.of(ODD, own("slow", "v = 50 AND " + SLOW.formatted("t.v"))), 100);
        List<Finding> findings = audit.run(2);
        assertThat(audit.rows()).isEqualTo(100);
        assertThat(findings.get(0).rows()).isEqualTo(50);
        assertThat(findings.get(0).gaveUp()).isEmpty();
        assertThat(findings.get(1).gaveUp().orElseThrow())
                .contains("147 < key <= 150")
                .contains("for a single row");
    }

    @Test
    void aSessionOfAnAuditWritesNothingWhateverItIsGiven() throws Exception {
        AuditedTable table = table(AuditedTable.PATIENCE);
        schema.execute(
                "CREATE TABLE victim (n INT)",
                "CREATE FUNCTION harm() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO victim VALUES (1); RETURN 1; END");
        assertThatThrownBy(() -> table.select("harm()", Range.ALL, "", " LIMIT 1", row -> row.next()))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("READ ONLY");
        assertThatThrownBy(() -> table.select("1", Range.ALL, "", "; SELECT 1", row -> row.next()))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("syntax");
        assertThat(schema.value("SELECT COUNT(*) FROM victim")).hasValue("0");
        // A connection that goes back to the pool writes again.
        try (var connection = source.pool().getConnection()) {
            assertThat(connection.isReadOnly()).isFalse();
        }
    }

    @Test
    void aConditionThatIsWrongForSomeRowsOnlyIsRefusedByName() throws Exception {
        Anomalies audit = new Anomalies(
                table(AuditedTable.PATIENCE),
                List.of(ODD, own("several", "v = (SELECT b.v FROM t b WHERE b.v = t.v OR (t.v = 60 AND b.v = 1))")));
        audit.tryConditions();
        assertThatThrownBy(() -> audit.run(2))
                .isInstanceOfSatisfying(
                        RefusedConditionsException.class,
                        refused -> assertThat(refused.problems())
                                .singleElement()
                                .asString()
                                .contains("audit.classes.several")
                                .contains("Subquery returns more than 1 row"));
    }

    private List<String> everyKey() throws SQLException {
        return List.of(schema.value("SELECT GROUP_CONCAT(id) FROM (SELECT id FROM t ORDER BY id LIMIT 80) low")
                .orElseThrow()
                .split(","));
    }

    private static AnomalyClass own(String name, String condition) {
        return AnomalyClass.own(name, new Condition(condition));
    }

    private AuditedTable table(Duration patience) {
        return new AuditedTable(
                source,
                schema.name(),
                "t",
                "id",
                new Retries(new SimpleMeterRegistry(), () -> false).briefly("audit"),
                patience);
    }
}
