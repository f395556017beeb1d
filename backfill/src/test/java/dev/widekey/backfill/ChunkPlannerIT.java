package dev.widekey.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ChunkPlannerIT {
    private final DataSource source = Sessions.on(TestServers.source());
    private TestSchema schema;
    private SourceTable table;

    @BeforeEach
    void create() throws Exception {
        schema = TestSchema.on(TestServers.source(), "planner");
        schema.execute("CREATE TABLE `t` (`the id` INT NOT NULL PRIMARY KEY, v INT)");
        table = new SourceTable(schema.name(), "t", "the id", List.of("the id", "v"));
    }

    @AfterEach
    void drop() throws Exception {
        schema.close();
    }

    static Stream<Arguments> plans() {
        List<List<Integer>> tables = List.of(
                List.of(),
                List.of(0),
                List.of(-1),
                List.of(5),
                List.of(1, 2, 3, 4, 5, 6, 7),
                List.of(-2_000_000_000, -1_000_000_000, -7, -1, 0, 1, 2, 1_000_000_000, 2_000_000_000),
                List.of(Integer.MIN_VALUE, Integer.MIN_VALUE + 1, 0, Integer.MAX_VALUE - 1, Integer.MAX_VALUE));
        return Stream.of(ChunkOrder.values())
                .flatMap(order -> tables.stream()
                        .flatMap(keys -> Stream.of(1, 2, 3, 100).map(rows -> Arguments.of(order, keys, rows))));
    }

    @ParameterizedTest
    @MethodSource("plans")
    void everyKeyLiesInExactlyOneChunkOfAtMostTheSizeAskedFor(ChunkOrder order, List<Integer> keys, int rows)
            throws Exception {
        insert(keys);
        List<KeyRange> plan = plan(order, rows, Optional.empty());
        assertThatItCoversEverything(order, plan);
        for (KeyRange range : plan) {
            assertThat(keys.stream().filter(key -> range.contains(key)).count()).isLessThanOrEqualTo(rows);
        }
        // A hole of any size costs nothing: there is at most one chunk without rows, the last.
        assertThat(plan).hasSizeLessThanOrEqualTo(keys.size() / rows + 1);
    }

    @ParameterizedTest
    @EnumSource(ChunkOrder.class)
    void aPlanGoesOnBehindItsLastChunkAsIfNothingHadHappened(ChunkOrder order) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Collection<Integer> keys = new TreeSet<>();
        while (keys.size() < 200) {
            keys.add(random.nextBoolean() ? random.nextInt() : random.nextInt(300) - 150);
        }
        insert(keys);
        List<KeyRange> whole = plan(order, 7, Optional.empty());
        assertThatItCoversEverything(order, whole);
        for (int i = 0; i < whole.size(); i++) {
            assertThat(plan(order, 7, Optional.of(whole.get(i)))).isEqualTo(whole.subList(i + 1, whole.size()));
        }
    }

    @ParameterizedTest
    @EnumSource(ChunkOrder.class)
    void rowsThatComeAndGoWhilePlanningLeaveNoGap(ChunkOrder order) throws Exception {
        insert(List.of(-10, -5, 0, 5, 10, 15, 20));
        ChunkPlanner planner = new ChunkPlanner(table, order);
        List<KeyRange> plan = new ArrayList<>();
        Optional<KeyRange> next = planner.next(source, null, 2);
        while (next.isPresent()) {
            plan.add(next.get());
            int step = plan.size();
            schema.execute(
                    "DELETE FROM t WHERE `the id` BETWEEN -5 AND 5 AND " + step + " = 1",
                    "INSERT IGNORE INTO t VALUES (" + (step * 3) + ", 1), (" + (step * -7) + ", 1)");
            next = plan.size() > 50 ? Optional.empty() : planner.next(source, next.get(), 2);
        }
        assertThatItCoversEverything(order, plan);
    }

    @Test
    void thereIsNothingBehindTheLastChunk() throws Exception {
        insert(List.of(1, 2, 3));
        for (ChunkOrder order : ChunkOrder.values()) {
            assertThat(new ChunkPlanner(table, order).next(source, KeyRange.ALL, 2))
                    .isEmpty();
        }
    }

    private static void assertThatItCoversEverything(ChunkOrder order, List<KeyRange> plan) {
        for (int i = 0; i < plan.size(); i++) {
            assertThat(order.isLast(plan.get(i))).isEqualTo(i == plan.size() - 1);
        }
        List<KeyRange> ranges = new ArrayList<>(plan);
        if (order == ChunkOrder.NEWEST_FIRST) {
            Collections.reverse(ranges);
        }
        assertThat(ranges.get(0).above()).isNull();
        assertThat(ranges.get(ranges.size() - 1).upTo()).isNull();
        for (int i = 1; i < ranges.size(); i++) {
            assertThat(ranges.get(i).above())
                    .isNotNull()
                    .isEqualTo(ranges.get(i - 1).upTo());
        }
    }

    private List<KeyRange> plan(ChunkOrder order, int rows, Optional<KeyRange> last) throws Exception {
        ChunkPlanner planner = new ChunkPlanner(table, order);
        List<KeyRange> plan = new ArrayList<>();
        Optional<KeyRange> next = planner.next(source, last.orElse(null), rows);
        while (next.isPresent()) {
            plan.add(next.get());
            assertThat(plan).as("the plan ends").hasSizeLessThan(1000);
            next = planner.next(source, next.get(), rows);
        }
        return plan;
    }

    private void insert(Collection<Integer> keys) throws Exception {
        if (!keys.isEmpty()) {
            schema.execute(
                    "SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')",
                    "INSERT INTO t VALUES "
                            + keys.stream().map(key -> "(" + key + ", 0)").collect(Collectors.joining(", ")));
        }
    }
}
