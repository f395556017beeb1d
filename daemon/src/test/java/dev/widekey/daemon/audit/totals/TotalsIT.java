package dev.widekey.daemon.audit.totals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.backfill.parity.Settling;
import dev.widekey.daemon.audit.AuditedTable;
import dev.widekey.daemon.audit.Range;
import dev.widekey.daemon.config.DaemonConfig.Audit;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.database.TestDatabases;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TotalsIT {
    private static final Database.Owner OWNER = new Database.Owner("none", "audit");

    private TestSchema from;
    private TestSchema to;
    private Database source;
    private Database target;
    private final AtomicInteger settled = new AtomicInteger();

    @BeforeEach
    void create() throws Exception {
        from = TestSchema.on(TestServers.source(), "totals_source");
        to = TestSchema.on(TestServers.target(), "totals_target");
        source = TestDatabases.source(TestServers.source(), OWNER);
        target = TestDatabases.target(TestServers.target(), OWNER);
        from.execute(
                "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v VARCHAR(9) CHARACTER SET latin1 NULL, f FLOAT NOT NULL, made DATETIME NULL)");
        to.execute(
                "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, v VARCHAR(9) CHARACTER SET utf8mb4 NULL, f FLOAT NOT NULL, made DATETIME(6) NULL)");
        for (TestSchema side : List.of(from, to)) {
            side.execute(
                    "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
                            + " SELECT i, IF(i % 3 = 0, NULL, CONCAT(_utf8mb4 x'C3A9', i % 3)), i / 3, '2015-05-05 01:02:03' FROM n");
        }
    }

    @AfterEach
    void drop() throws Exception {
        source.close();
        target.close();
        from.close();
        to.close();
    }

    @Test
    void valuesThatAreStoredInOtherBytesAreTheSame() throws Exception {
        Totals.Result result = compare(Range.ALL, Optional.empty(), "v", "f", "made");
        assertThat(result.dimensions().stream().flatMap(dimension -> dimension.lines().stream()))
                .containsExactly(
                        "by id range: 10 groups, equal",
                        "by day of made: 1 group, equal",
                        "by v: 3 groups, equal",
                        "by f: 900 groups, equal",
                        "by made: 1 group, equal",
                        "by null class: 3 groups, equal");
        assertThat(result.isEqual()).isTrue();
        // Both letters of one byte and of two count as two: by the length in one character set.
        assertThat(result.source()).isEqualTo(result.target());
    }

    @Test
    void aDifferenceThatTheStreamTakesAwayIsNone() throws Exception {
        to.execute("DELETE FROM t WHERE id = 450");
        Totals.Result result = compare(
                Range.ALL,
                Optional.of(() -> {
                    settled.incrementAndGet();
                    to.execute("REPLACE INTO t VALUES (450, NULL, 150, '2015-05-05 01:02:03')");
                }),
                "v");
        assertThat(result.isEqual()).isTrue();
        assertThat(settled).hasValue(1);
        assertThat(result.moving()).isZero();
    }

    @Test
    void aDifferenceThatStaysIsCountedAgainThreeTimesAndNoOtherRangeIs() throws Exception {
        to.execute("DELETE FROM t WHERE id = 450");
        Totals.Result result = compare(Range.ALL, Optional.of(settled::incrementAndGet), "v");
        assertThat(settled).hasValue(3);
        assertThat(result.moving()).isZero();
        assertThat(result.dimensions().get(0).lines())
                .containsExactly(
                        "by id range: 1 of 10 groups differs",
                        "  400..499: 1 row missing on the target (99 for 100), 6 bytes fewer on the target");
    }

    @Test
    void aRangeThatIsStillChangingIsToldApart() throws Exception {
        to.execute("DELETE FROM t WHERE id = 450");
        Totals.Result moving = compare(
                Range.ALL,
                Optional.of(() -> from.execute("UPDATE t SET v = CONCAT(v, 'x') WHERE id = 451 AND LENGTH(v) < 9")),
                "v");
        assertThat(moving.isEqual()).isFalse();
        assertThat(moving.moving()).isEqualTo(1);
    }

    @Test
    void whatTheApplicationOwnsBehindTheScopeIsLeftOut() throws Exception {
        to.execute("INSERT INTO t VALUES (5000, 'mine', 1, NULL)");
        assertThat(compare(new Range(null, 4_999L), Optional.empty(), "v").isEqual())
                .isTrue();
        assertThat(compare(Range.ALL, Optional.empty(), "v").isEqual()).isFalse();
    }

    /** Settling as a test writes it. */
    private interface Step {
        void take() throws SQLException;
    }

    private Totals.Result compare(Range scope, Optional<Step> stream, String... groupBy) throws Exception {
        Plan plan;
        try (Connection here = source.pool().getConnection();
                Connection there = target.pool().getConnection()) {
            plan = Plan.of(
                            CountedColumn.read(here, from.name(), "t"),
                            CountedColumn.read(there, to.name(), "t"),
                            new Audit(Map.of(), List.of(groupBy), List.of("made")))
                    .plan()
                    .orElseThrow();
        }
        Optional<Settling> settling = stream.map(step -> step::take);
        return new Totals(plan, table(source, from), table(target, to), settling)
                .compare(scope, 2)
                .orElseThrow();
    }

    private static AuditedTable table(Database database, TestSchema schema) {
        return new AuditedTable(
                database,
                schema.name(),
                "t",
                "id",
                new Retries(new SimpleMeterRegistry(), () -> false).briefly("audit"),
                AuditedTable.PATIENCE);
    }
}
