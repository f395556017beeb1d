package dev.widekey.flags.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.ack.Roll;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WritesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LoneInstance world = new LoneInstance();
    private final Writes writes = new Writes(world.trips, world.watch, PATIENCE, world.nanos::get);
    private final List<Side> tried = new ArrayList<>();

    @BeforeEach
    void readTheFlags() {
        world.watch.beat();
    }

    private static SQLException refusal() {
        return new SQLException("widekey: history is closed here", "45000", 1644);
    }

    /** One database: refuses as long as its side is closed. */
    private Side write(Side closed, Trip trip) throws SQLException {
        Side side = trip.view().writes();
        tried.add(side);
        world.pass(Duration.ofSeconds(1));
        if (side == closed) {
            throw refusal();
        }
        return side;
    }

    @Test
    void aRefusedWriteGoesWhereTheFlagsPointThen() throws SQLException {
        world.moveWrites();
        assertThat(writes.<Side>run(trip -> write(Side.SOURCE, trip))).isEqualTo(Side.TARGET);
        assertThat(tried).containsExactly(Side.SOURCE, Side.TARGET);
        assertThat(List.of(writes.refused.sum(), writes.retried.sum(), writes.done.sum(), writes.abandoned.sum()))
                .containsExactly(1L, 1L, 1L, 0L);
    }

    @Test
    void aRefusedWriteIsTriedAgainUntilTheFlagsMove() throws SQLException {
        Side side = writes.run(trip -> {
            if (tried.size() == 3) {
                world.moveWrites();
            }
            return write(Side.SOURCE, trip);
        });
        assertThat(side).isEqualTo(Side.TARGET);
        assertThat(tried).containsExactly(Side.SOURCE, Side.SOURCE, Side.SOURCE, Side.SOURCE, Side.TARGET);
    }

    @Test
    void theRefusalIsThrownWhenThePatienceEnds() {
        assertThatThrownBy(() -> writes.run(trip -> {
                    world.pass(Duration.ofSeconds(4));
                    return write(Side.SOURCE, trip);
                }))
                .isInstanceOf(SQLException.class)
                .hasMessageStartingWith("widekey: ");
        assertThat(tried).hasSize(2);
        assertThat(writes.abandoned.sum()).isEqualTo(1);
        assertThat(writes.done.sum()).isZero();
    }

    @Test
    void aRefusalInsideAnotherFailureIsOne() throws SQLException {
        world.moveWrites();
        Side side = writes.run(trip -> {
            try {
                return write(Side.SOURCE, trip);
            } catch (SQLException e) {
                throw new IllegalStateException("the mapper could not save the row", e);
            }
        });
        assertThat(side).isEqualTo(Side.TARGET);
    }

    @Test
    void aLostAnswerIsNotTriedAgain() {
        SQLException lost = new SQLRecoverableException("the connection was lost", "08S01", 0);
        assertThatThrownBy(() -> writes.run(trip -> {
                    tried.add(trip.view().writes());
                    throw lost;
                }))
                .isSameAs(lost);
        assertThat(tried).hasSize(1);
        assertThat(writes.refused.sum()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "45000, 1644, widekey: closed, true",
        "45000, 1644, no such student, false",
        "45000, 1644, Widekey: closed, false",
        "45001, 1644, widekey: closed, false",
        "45000, 1062, widekey: closed, false",
        "45000, 1644,                , false",
    })
    void onlyTheFencesOwnWordsAreARefusal(String state, int code, String message, boolean refused) {
        assertThat(Refusal.isIn(new SQLException(message, state, code))).isEqualTo(refused);
    }

    /** Otherwise a refused write would hold up the very acknowledgement the cutover waits for. */
    @Test
    void aRefusedWriteHoldsNothingUpWhileItWaits() {
        assertThatThrownBy(() -> writes.run(trip -> {
                    if (tried.isEmpty()) {
                        world.moveWrites();
                    } else {
                        world.watch.beat();
                        assertThat(world.roll().outcome()).isEqualTo(Roll.Outcome.COMPLETE);
                    }
                    tried.add(trip.view().writes());
                    world.pass(PATIENCE.dividedBy(2));
                    throw refusal();
                }))
                .hasMessageStartingWith("widekey: ");
        assertThat(tried).containsExactly(Side.SOURCE, Side.TARGET);
    }

    @Test
    void anInterruptedWriteIsNotTriedAgain() {
        assertThatThrownBy(() -> writes.run(trip -> {
                    Thread.currentThread().interrupt();
                    return write(Side.SOURCE, trip);
                }))
                .hasMessageStartingWith("widekey: ");
        assertThat(Thread.interrupted()).as("the caller still sees it").isTrue();
        assertThat(tried).hasSize(1);
    }

    @Test
    void nothingIsWrittenWithoutFlags() {
        world.pass(LoneInstance.LEASE);
        assertThatThrownBy(() -> writes.run(trip -> tried.add(Side.SOURCE))).isInstanceOf(FlagsUnknownException.class);
        assertThat(tried).isEmpty();
    }
}
