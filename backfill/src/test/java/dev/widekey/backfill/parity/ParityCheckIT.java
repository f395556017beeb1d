package dev.widekey.backfill.parity;

import static dev.widekey.backfill.parity.Difference.Kind.DIFFERENT;
import static dev.widekey.backfill.parity.Difference.Kind.EXTRA;
import static dev.widekey.backfill.parity.Difference.Kind.MISSING;
import static dev.widekey.backfill.parity.Difference.Kind.UNSETTLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.Sessions;
import dev.widekey.backfill.Throttle;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ParityCheckIT {
    private static final Settling STILL = () -> {};

    private static final String COLUMNS = " (id %s NOT NULL PRIMARY KEY, d DOUBLE NULL, at DATETIME(%d) NULL,"
            + " s VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL)";

    private final DataSource sourceConnections = Sessions.on(TestServers.source());
    private final DataSource targetConnections = Sessions.on(TestServers.target());
    private TestSchema source;
    private TestSchema target;

    @BeforeEach
    void create() throws Exception {
        source = TestSchema.on(TestServers.source(), "parity_source");
        target = TestSchema.on(TestServers.target(), "parity_target");
        source.execute("CREATE TABLE t" + COLUMNS.formatted("INT", 3));
        target.execute("CREATE TABLE t" + COLUMNS.formatted("BIGINT", 6));
    }

    @AfterEach
    void drop() throws Exception {
        source.close();
        target.close();
    }

    @Test
    void equalTablesAreEqualHoweverTheyAreCut() throws Exception {
        fill(1000);
        onBoth("INSERT INTO t VALUES (-2000000000, 1, NULL, ''), (0, NULL, NULL, NULL), (2000000000, 1, NULL, 'x')");
        for (int rangeRows : new int[] {1, 97, 1003, 1_000_000}) {
            ParityCheck check = check(STILL, 3, rangeRows);
            assertThat(check.compare(KeyRange.ALL, Findings.first(100), () -> false))
                    .asInstanceOf(type(Verdict.Equal.class))
                    .satisfies(equal -> assertThat(equal.rows()).isEqualTo(1003));
            assertThat(check.compared()).isEqualTo(1003);
        }
    }

    @Test
    void everyKindOfDifferenceIsFoundAndNothingElse() throws Exception {
        fill(2000);
        Map<Long, Difference.Kind> planted = plant();
        for (int rangeRows : new int[] {13, 500, 10_000}) {
            assertThat(differences(check(STILL, 3, rangeRows))).isEqualTo(planted);
        }
    }

    @Test
    void theColumnsThatDifferAreNamed() throws Exception {
        fill(200);
        plant();
        Findings.First found = Findings.first(100);
        assertThat(check(STILL, 3, 50).compare(KeyRange.ALL, found, () -> false))
                .isInstanceOf(Verdict.Divergent.class);
        assertThat(found.differences())
                .extracting(Difference::toString)
                .contains(
                        "10 different in s",
                        "40 different in s",
                        "80 different in d",
                        "90 different in at",
                        "110 different in d and s",
                        "50 missing",
                        "60 extra");
    }

    @Test
    void aRangeWhoseDigestTakesTooLongIsComparedInParts() throws Exception {
        fill(200);
        Map<Long, Difference.Kind> planted = plant();
        // Six milliseconds a row: all rows take more than a second, and so does nearly an eighth of the 1,000 that are
        // expected.
        List<String> slow = List.of("CAST(`id` + SLEEP(0.002) AS CHAR)", "CAST(`s` AS BINARY)");
        List<String> columns = List.of("id", "s");
        ParityCheck check = new ParityCheck(
                new Side(sourceConnections, source.name(), "t", "id", columns, slow),
                new Side(targetConnections, target.name(), "t", "id", columns, slow),
                STILL,
                Throttle.NONE,
                once(),
                1,
                1000,
                Duration.ofMillis(400));
        Set<Long> found = differences(check).keySet();
        assertThat(planted.keySet()).containsAll(found);
        assertThat(found).contains(10L, 50L, 60L, 9_000_000_000L, -2_000_000_000L);
    }

    @Test
    void everyKindOfDifferenceIsFoundWhileOtherRowsKeepChanging() throws Exception {
        fill(2000);
        Map<Long, Difference.Kind> planted = plant();
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Follower follower =
                new Follower(sourceConnections, source.name() + ".t", targetConnections, target.name() + ".t");
        AtomicBoolean enough = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        CompletableFuture<Void> application = CompletableFuture.runAsync(() -> {
            Random random = new Random(seed);
            try (Connection connection = source.connect();
                    Statement statement = connection.createStatement()) {
                while (!enough.get()) {
                    long key = 501 + random.nextInt(3000);
                    String change = switch (random.nextInt(4)) {
                        case 0 -> "DELETE FROM t WHERE id = " + key;
                        case 1 ->
                            "INSERT IGNORE INTO t VALUES (" + key + ", 0.5, NULL, 'new " + random.nextInt() + "')";
                        default -> "UPDATE t SET s = 'v" + random.nextInt() + "' WHERE id = " + key;
                    };
                    synchronized (follower.changed) {
                        statement.execute(change);
                        follower.changed.add(key);
                    }
                    written.incrementAndGet();
                }
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        });
        try {
            for (int round = 0; round < 3; round++) {
                assertThat(differences(check(follower, 3, 50))).isEqualTo(planted);
            }
        } finally {
            enough.set(true);
            application.get(30, TimeUnit.SECONDS);
        }
        assertThat(written.get()).isGreaterThan(50);
        follower.settle();
        assertThat(differences(check(STILL, 3, 50))).isEqualTo(planted);
    }

    @Test
    void aRowThatNeverStandsStillIsUnsettledAndNotEqual() throws Exception {
        fill(10);
        target.execute("UPDATE t SET s = 'other' WHERE id = 4");
        AtomicInteger turn = new AtomicInteger();
        Settling restless = () -> source.server()
                .execute("UPDATE " + source.name() + ".t SET s = 'turn " + turn.incrementAndGet() + "' WHERE id = 4");
        assertThat(differences(check(restless, 2, 3))).isEqualTo(Map.of(4L, UNSETTLED));
    }

    @Test
    void aRowThatChangedAndChangedBackIsNoDifference() throws Exception {
        fill(10);
        target.execute("UPDATE t SET s = 'behind' WHERE id = 4");
        AtomicInteger turn = new AtomicInteger();
        // The target is read while it holds what the source held in between.
        Settling thereAndBack = () -> {
            boolean between = turn.incrementAndGet() <= 2;
            target.server()
                    .execute("UPDATE " + target.name() + ".t SET s = '" + (between ? "between" : "row 4 é")
                            + "' WHERE id = 4");
        };
        assertThat(check(thereAndBack, 1, 3).compare(KeyRange.ALL, Findings.first(100), () -> false))
                .isInstanceOf(Verdict.Equal.class);
    }

    @Test
    void aHaltOfTheStreamIsThrownAsItIs() throws Exception {
        fill(100);
        target.execute("DELETE FROM t WHERE id = 50");
        IllegalStateException halt = new IllegalStateException("halt");
        Settling halted = () -> {
            throw halt;
        };
        assertThatThrownBy(() -> check(halted, 3, 10).compare(KeyRange.ALL, Findings.first(100), () -> false))
                .isSameAs(halt);
        assertThatThrownBy(() -> check(halted, 3, 10).compareKeys(List.of(50L), () -> false))
                .isSameAs(halt);
    }

    @Test
    void aRowThatIsBehindButArrivesIsEqual() throws Exception {
        fill(10);
        source.execute(
                "UPDATE t SET s = 'newer' WHERE id = 4",
                "DELETE FROM t WHERE id = 5",
                "INSERT INTO t VALUES (11, 1, NULL, NULL)");
        Settling arrives = () -> target.server()
                .execute(
                        "UPDATE " + target.name() + ".t SET s = 'newer' WHERE id = 4",
                        "DELETE FROM " + target.name() + ".t WHERE id = 5",
                        "INSERT IGNORE INTO " + target.name() + ".t VALUES (11, 1, NULL, NULL)");
        assertThat(check(arrives, 2, 3).compare(KeyRange.ALL, Findings.first(100), () -> false))
                .isInstanceOf(Verdict.Equal.class);
    }

    @Test
    void anEmptyPairProvesNothing() throws Exception {
        assertThat(check(STILL, 2, 10).compare(KeyRange.ALL, Findings.first(100), () -> false))
                .isEqualTo(new Verdict.Nothing());
    }

    @Test
    void anEmptySideIsADifference() throws Exception {
        target.execute("INSERT INTO t VALUES (7, 1, NULL, NULL)");
        assertThat(differences(check(STILL, 2, 10))).isEqualTo(Map.of(7L, EXTRA));
        target.execute("DELETE FROM t");
        source.execute("INSERT INTO t VALUES (-7, 1, NULL, NULL)");
        assertThat(differences(check(STILL, 2, 10))).isEqualTo(Map.of(-7L, MISSING));
    }

    @Test
    void aScopeLeavesOutWhatLiesOutsideIt() throws Exception {
        fill(100);
        target.execute("DELETE FROM t WHERE id IN (10, 90)", "INSERT INTO t VALUES (1000, 1, NULL, NULL)");
        assertThat(differences(check(STILL, 2, 7), new KeyRange(null, 89L))).isEqualTo(Map.of(10L, MISSING));
        assertThat(differences(check(STILL, 2, 7), new KeyRange(10L, 90L))).isEqualTo(Map.of(90L, MISSING));
        assertThat(differences(check(STILL, 2, 7), new KeyRange(90L, null))).isEqualTo(Map.of(1000L, EXTRA));
        assertThat(check(STILL, 2, 7).compare(new KeyRange(10L, 89L), Findings.first(100), () -> false))
                .isEqualTo(new Verdict.Equal(79, 12));
    }

    @Test
    void aDifferenceBehindManyPagesOfARangeIsFound() throws Exception {
        many("source", 1, 45_000);
        many("target", 1, 45_000);
        target.execute(
                "UPDATE t SET s = 'other' WHERE id IN (19999, 20000, 20001, 44000)", "DELETE FROM t WHERE id = 45000");
        assertThat(differences(check(STILL, 1, 1_000_000)))
                .isEqualTo(Map.of(
                        19999L, DIFFERENT, 20000L, DIFFERENT, 20001L, DIFFERENT, 44000L, DIFFERENT, 45000L, MISSING));
    }

    @Test
    void manyExtraRowsAreFoundPageByPage() throws Exception {
        many("source", 1, 10);
        many("target", 1, 45_000);
        Findings.First found = Findings.first(100);
        assertThat(check(STILL, 2, 100).compare(KeyRange.ALL, found, () -> false))
                .asInstanceOf(type(Verdict.Divergent.class))
                .satisfies(divergent -> assertThat(divergent.differences()).isBetween(100L, 2_000L));
        assertThat(found.differences()).hasSize(100).allSatisfy(difference -> {
            assertThat(difference.kind()).isEqualTo(EXTRA);
            assertThat(difference.key()).isGreaterThan(10);
        });
    }

    @Test
    void keysAreComparedPresentOrAbsent() throws Exception {
        fill(2000);
        Map<Long, Difference.Kind> planted = plant();
        Set<Long> keys = new HashSet<>(planted.keySet());
        for (long key = 600; key < 1900; key++) {
            keys.add(key);
        }
        keys.add(-1L);
        List<Difference> found = check(STILL, 2, 10).compareKeys(keys, () -> false);
        assertThat(found.stream().collect(Collectors.toMap(Difference::key, Difference::kind)))
                .isEqualTo(planted);
        assertThat(check(STILL, 2, 10).compareKeys(List.of(-1L, 700L, 5000L), () -> false))
                .isEmpty();
        assertThat(check(STILL, 2, 10).compareKeys(List.of(), () -> false)).isEmpty();
    }

    @Test
    void aMissingRowThatIsExcusedIsCountedAndNoDifference() throws Exception {
        fill(200);
        target.execute(
                "DELETE FROM t WHERE id > 120", "DELETE FROM t WHERE id = 7", "UPDATE t SET s = 'x' WHERE id = 8");
        AtomicLong pending = new AtomicLong();
        Findings.First first = Findings.first(100);
        Findings findings = new Findings() {
            @Override
            public Optional<String> excuse(long key) {
                return key <= 150 ? Optional.empty() : Optional.of("late");
            }

            @Override
            public void excused(String why, long rows) {
                assertThat(why).isEqualTo("late");
                pending.addAndGet(rows);
            }

            @Override
            public void found(List<Difference> differences) {
                first.found(differences);
            }

            @Override
            public boolean isFull() {
                return first.isFull();
            }
        };
        assertThat(check(STILL, 3, 30).compare(KeyRange.ALL, findings, () -> false))
                .isInstanceOf(Verdict.Divergent.class);
        assertThat(pending).hasValue(50);
        assertThat(first.differences()).hasSize(32).extracting(Difference::key).contains(7L, 8L, 121L, 150L);
    }

    @Test
    void aComparisonThatIsStoppedProvesNothing() throws Exception {
        fill(100);
        AtomicInteger asked = new AtomicInteger();
        assertThat(check(STILL, 2, 10).compare(KeyRange.ALL, Findings.first(100), () -> asked.incrementAndGet() > 3))
                .isEqualTo(new Verdict.Stopped());
    }

    @Test
    void aSideThatCannotBeReadProvesNothingAndEndsAllWorkers() throws Exception {
        fill(2000);
        AtomicInteger taken = new AtomicInteger();
        DataSource failing = (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    if (taken.incrementAndGet() == 3) {
                        throw new SQLException("gone");
                    }
                    return targetConnections.getConnection();
                });
        ParityCheck check = new ParityCheck(
                side(sourceConnections, source), side(failing, target), STILL, Throttle.NONE, once(), 3, 2);
        assertThatThrownBy(() -> check.compare(KeyRange.ALL, Findings.first(100), () -> false))
                .isInstanceOf(SQLException.class)
                .hasMessage("gone");
        long compared = check.compared();
        assertThat(compared).isLessThan(2000);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(
                        thread -> thread.getName().startsWith("parity-") && thread.getState() == Thread.State.RUNNABLE);
        assertThat(check.compared()).isEqualTo(compared);
    }

    @Test
    void itIsToldHowFarItIsButNeverPastADifferenceOrARangeThatIsNotEnded() throws Exception {
        fill(2000);
        List<Long> told = told(check(STILL, 3, 50), () -> false);
        assertThat(told).isSorted().doesNotHaveDuplicates();
        // What ends behind the open end is not told: up to two ranges, with three workers.
        assertThat(told.get(told.size() - 1)).isBetween(1900L, 2000L);
        target.execute("UPDATE t SET s = 'other' WHERE id = 1020");
        assertThat(told(check(STILL, 3, 50), () -> false)).endsWith(1000L);
        AtomicInteger asked = new AtomicInteger();
        assertThat(told(check(STILL, 1, 50), () -> asked.incrementAndGet() > 9)).allMatch(key -> key < 500);
    }

    private static List<Long> told(ParityCheck check, BooleanSupplier stopping) throws Exception {
        List<Long> told = new ArrayList<>();
        Findings.First first = Findings.first(100);
        check.compare(
                KeyRange.ALL,
                new Findings() {
                    @Override
                    public void found(List<Difference> differences) {
                        first.found(differences);
                    }

                    @Override
                    public boolean isFull() {
                        return false;
                    }

                    @Override
                    public void equalUpTo(long key, long rows) {
                        assertThat(rows).isEqualTo(key);
                        told.add(key);
                    }
                },
                stopping);
        return told;
    }

    @Test
    void fromTheNewestRowToTheOldestEveryKeyIsInOneRange() throws Exception {
        fill(1003);
        onBoth("INSERT INTO t VALUES (-2000000000, 1, NULL, ''), (2000000000, 1, NULL, 'x')");
        ParityCheck check = check(STILL, 1, 100);
        List<KeyRange> ranges = new ArrayList<>();
        long rows = 0;
        KeyRange range = check.rangeEndingAt(null);
        while (true) {
            ranges.add(range);
            check.compare(range, Findings.first(1), () -> false);
            rows += check.compared();
            if (range.above() == null) {
                break;
            }
            KeyRange next = check.rangeEndingAt(range.above());
            assertThat(next.upTo()).isEqualTo(range.above());
            range = next;
        }
        assertThat(rows).isEqualTo(1005);
        assertThat(ranges).hasSize(11);
        assertThat(ranges.get(0).upTo()).isNull();
    }

    /** Makes the tables differ in every way there is, in keys up to 500. */
    private Map<Long, Difference.Kind> plant() throws Exception {
        Map<Long, Difference.Kind> planted = new LinkedHashMap<>();
        planted.put(10L, DIFFERENT);
        target.execute("UPDATE t SET s = CONCAT(LEFT(s, CHAR_LENGTH(s) - 1), '!') WHERE id = 10");
        planted.put(20L, DIFFERENT);
        target.execute("UPDATE t SET s = UPPER(s) WHERE id = 20");
        planted.put(30L, DIFFERENT);
        target.execute("UPDATE t SET s = CONCAT(s, ' ') WHERE id = 30");
        planted.put(40L, DIFFERENT);
        source.execute("UPDATE t SET s = '' WHERE id = 40");
        target.execute("UPDATE t SET s = NULL WHERE id = 40");
        planted.put(50L, MISSING);
        target.execute("DELETE FROM t WHERE id = 50");
        planted.put(60L, EXTRA);
        source.execute("DELETE FROM t WHERE id = 60");
        // An XOR of digests without the key in them would not see the swap.
        planted.put(70L, DIFFERENT);
        planted.put(71L, DIFFERENT);
        target.execute("UPDATE t SET s = 'row 71 é' WHERE id = 70", "UPDATE t SET s = 'row 70 é' WHERE id = 71");
        planted.put(80L, DIFFERENT);
        source.execute("UPDATE t SET d = -0e0 WHERE id = 80");
        target.execute("UPDATE t SET d = 0e0 WHERE id = 80");
        planted.put(90L, DIFFERENT);
        target.execute("UPDATE t SET at = at + INTERVAL 1 MICROSECOND WHERE id = 90");
        planted.put(100L, DIFFERENT);
        target.execute("UPDATE t SET d = 0.30000000000000004 WHERE id = 100");
        source.execute("UPDATE t SET d = 0.3 WHERE id = 100");
        // Values moved from one column to its neighbour.
        planted.put(110L, DIFFERENT);
        source.execute("UPDATE t SET d = 1, at = NULL, s = '2' WHERE id = 110");
        target.execute("UPDATE t SET d = NULL, at = NULL, s = '1,1:2' WHERE id = 110");
        // Composed and decomposed forms of one letter are different text.
        planted.put(120L, DIFFERENT);
        source.execute("UPDATE t SET s = _utf8mb4 X'C3A9' WHERE id = 120");
        target.execute("UPDATE t SET s = _utf8mb4 X'65CC81' WHERE id = 120");
        planted.put(-5L, EXTRA);
        planted.put(9_000_000_000L, EXTRA);
        target.execute("INSERT INTO t VALUES (-5, 1, NULL, NULL), (9000000000, 1, NULL, NULL)");
        planted.put(-2_000_000_000L, MISSING);
        source.execute("INSERT INTO t VALUES (-2000000000, 1, NULL, NULL)");
        return planted;
    }

    private void fill(int rows) throws Exception {
        onBoth(
                "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + rows + ")"
                        + " SELECT i, i / 3e0, TIMESTAMPADD(SECOND, i, '2026-01-01 00:00:00.5'), CONCAT('row ', i, ' é') FROM n");
    }

    private void many(String side, int from, int to) throws Exception {
        (side.equals("source") ? source : target)
                .execute(
                        "SET SESSION cte_max_recursion_depth = 100000",
                        "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT " + from
                                + " UNION ALL SELECT i + 1 FROM n WHERE i < " + to
                                + ") SELECT i, 1, NULL, 'many' FROM n");
    }

    private void onBoth(String sql) throws Exception {
        source.execute("SET SESSION cte_max_recursion_depth = 100000", sql);
        target.execute("SET SESSION cte_max_recursion_depth = 100000", sql);
    }

    private static Map<Long, Difference.Kind> differences(ParityCheck check) throws Exception {
        return differences(check, KeyRange.ALL);
    }

    private static Map<Long, Difference.Kind> differences(ParityCheck check, KeyRange scope) throws Exception {
        Findings.First found = Findings.first(1_000);
        assertThat(check.compare(scope, found, () -> false)).isInstanceOf(Verdict.Divergent.class);
        return found.differences().stream().collect(Collectors.toMap(Difference::key, Difference::kind));
    }

    private ParityCheck check(Settling settling, int workers, int rangeRows) {
        return new ParityCheck(
                side(sourceConnections, source),
                side(targetConnections, target),
                settling,
                Throttle.NONE,
                once(),
                workers,
                rangeRows);
    }

    private static Retry once() {
        return Retry.of("compare", RetryConfig.custom().maxAttempts(1).build());
    }

    private static Side side(DataSource connections, TestSchema schema) {
        return new Side(
                connections,
                schema.name(),
                "t",
                "id",
                List.of("id", "d", "at", "s"),
                List.of(
                        "CAST(`id` AS CHAR)",
                        "CAST(`d` AS CHAR)",
                        "CAST(CAST(`at` AS DATETIME(6)) AS CHAR)",
                        "CAST(`s` AS BINARY)"));
    }
}
