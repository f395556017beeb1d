package dev.widekey.flags.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class ShadowTest {

    private record Row(long id, String text) {}

    private record Delayed(Runnable work, Duration delay) {}

    private final LoneInstance world = new LoneInstance();
    private final Map<Side, Map<Long, Row>> tables = new EnumMap<>(Side.class);
    private final Deque<Delayed> delayed = new ArrayDeque<>();
    private final List<Difference> reported = new ArrayList<>();
    private Optional<Duration> lag = Optional.of(Duration.ofSeconds(5));
    private final Shadow shadow = new Shadow(
            new Sides(database(Side.SOURCE), database(Side.TARGET)),
            world.trips,
            () -> lag,
            reported::add,
            (work, delay) -> delayed.add(new Delayed(work, delay)),
            world.nanos::get);

    ShadowTest() {
        tables.put(Side.SOURCE, new TreeMap<>());
        tables.put(Side.TARGET, new TreeMap<>());
        world.watch.beat();
    }

    /** Connections that say which side they are to. */
    private static DataSource database(Side side) {
        Connection connection = proxy(Connection.class, side.name());
        return proxy(DataSource.class, connection);
    }

    private static <T> T proxy(Class<T> type, Object answer) {
        return type.cast(Proxy.newProxyInstance(
                ShadowTest.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> method.getReturnType() == void.class ? null : answer));
    }

    private List<Row> select(Connection connection) throws SQLException {
        return List.copyOf(tables.get(Side.valueOf(connection.getCatalog())).values());
    }

    private void put(Side side, long id, String text) {
        tables.get(side).put(id, new Row(id, text));
    }

    private void compare() {
        View view;
        try (Trip trip = world.trips.begin(false)) {
            view = trip.view();
        }
        List<Row> shown = List.copyOf(tables.get(view.winner()).values());
        shadow.compare(new Shadow.Question<>(this::select, Row::id, view), shown);
    }

    /** Does the next thing that waits, at its time. */
    private void step() {
        Delayed next = delayed.remove();
        world.pass(next.delay());
        world.watch.beat();
        next.work().run();
    }

    private void assertCounts(long compared, long differences, long unknown) {
        assertThat(delayed).isEmpty();
        assertThat(List.of(shadow.compared.sum(), shadow.differences.sum(), shadow.unknown.sum()))
                .containsExactly(compared, differences, unknown);
        assertThat(reported).hasSize((int) differences);
    }

    @Test
    void equalSidesAreComparedOnce() {
        put(Side.SOURCE, 1, "a");
        put(Side.TARGET, 1, "a");
        compare();
        step();
        assertCounts(1, 0, 0);
    }

    @Test
    void aRowThatDiffersForLongerThanTheLagIsReported() {
        put(Side.SOURCE, 1, "a");
        put(Side.TARGET, 1, "b");
        put(Side.SOURCE, 2, "missing");
        put(Side.TARGET, 3, "left over");
        compare();
        step();
        assertThat(reported).isEmpty();
        assertThat(delayed.element().delay()).isGreaterThan(Duration.ofSeconds(5));
        step();
        assertCounts(1, 3, 0);
        assertThat(reported)
                .containsExactly(
                        new Difference(1, Optional.of(new Row(1, "a")), Optional.of(new Row(1, "b"))),
                        new Difference(2, Optional.of(new Row(2, "missing")), Optional.empty()),
                        new Difference(3, Optional.empty(), Optional.of(new Row(3, "left over"))));
    }

    @Test
    void whatTheStreamBringsWithinTheLagIsNotReported() {
        put(Side.SOURCE, 1, "a");
        compare();
        step();
        put(Side.TARGET, 1, "a");
        step();
        assertCounts(1, 0, 0);
    }

    @Test
    void aRowThatIsChangedAgainWithinTheLagIsNotReported() {
        put(Side.SOURCE, 1, "a");
        compare();
        step();
        put(Side.SOURCE, 1, "b");
        put(Side.TARGET, 1, "a");
        step();
        assertCounts(1, 0, 0);
    }

    @Test
    void aLagThatGrowsIsWaitedForAgain() {
        put(Side.SOURCE, 1, "a");
        compare();
        step();
        lag = Optional.of(Duration.ofSeconds(8));
        step();
        assertThat(reported).isEmpty();
        assertThat(delayed.element().delay()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
        step();
        assertCounts(1, 1, 0);
    }

    @Test
    void aLagThatIsNeverCaughtUpWithIsUnknown() {
        put(Side.SOURCE, 1, "a");
        compare();
        step();
        while (!delayed.isEmpty()) {
            lag = lag.map(before -> before.plusSeconds(10));
            step();
        }
        assertCounts(0, 0, 1);
    }

    @Test
    void anUnknownLagReportsNothing() {
        put(Side.SOURCE, 1, "a");
        lag = Optional.empty();
        compare();
        step();
        assertCounts(0, 0, 1);
    }

    @Test
    void flagsThatMoveMeanwhileLeaveItUnknown() {
        put(Side.SOURCE, 1, "a");
        compare();
        step();
        world.moveWrites();
        step();
        assertCounts(0, 0, 1);
    }

    @Test
    void rowsBornOnTheTargetAreNoDifferenceWhileRowsLiveOnBothSides() {
        world.moveWrites();
        world.watch.beat();
        put(Side.TARGET, 9, "born here");
        compare();
        step();
        assertCounts(1, 0, 0);
    }

    @Test
    void theSourceOfARollingCutoverIsNotComparedOnceReadsHaveMoved() {
        world.moveWrites();
        world.moveReads();
        world.watch.beat();
        put(Side.TARGET, 9, "born here");
        compare();
        assertCounts(0, 0, 0);
    }

    @Test
    void theSourceOfAFencedCutoverIsComparedAfterwards() {
        world.fenced().moveWrites();
        world.moveReads();
        world.watch.beat();
        put(Side.TARGET, 9, "born here");
        compare();
        step();
        step();
        assertCounts(1, 1, 0);
    }

    @Test
    void comparisonsThatWaitAreBounded() {
        put(Side.SOURCE, 1, "a");
        for (int i = 0; i < Shadow.MOST + 3; i++) {
            compare();
        }
        assertThat(shadow.skipped.sum()).isEqualTo(3);
        assertThat(delayed).hasSize(Shadow.MOST);
        while (!delayed.isEmpty()) {
            step();
        }
        compare();
        assertThat(shadow.skipped.sum()).isEqualTo(3);
        assertThat(delayed).hasSize(1);
    }

    @Test
    void aReadThatFailsLeavesItUnknownAndGivesItsPlaceBack() {
        put(Side.SOURCE, 1, "a");
        for (int i = 0; i < Shadow.MOST; i++) {
            compare();
        }
        tables.remove(Side.TARGET);
        while (!delayed.isEmpty()) {
            step();
        }
        assertCounts(0, 0, Shadow.MOST);
        compare();
        assertThat(shadow.skipped.sum()).isZero();
    }
}
