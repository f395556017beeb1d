package dev.widekey.flags.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.InMemoryFlagStore.Moment;
import dev.widekey.flags.Stage;
import dev.widekey.flags.ack.Roll;
import dev.widekey.flags.ack.Versions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchTest {

    private final LoneInstance world = new LoneInstance();

    private void assertRefused() {
        assertThatThrownBy(() -> world.trips.begin(true)).isInstanceOf(FlagsUnknownException.class);
        assertThatThrownBy(() -> world.trips.begin(false)).isInstanceOf(FlagsUnknownException.class);
    }

    private Stage stage() {
        try (Trip trip = world.trips.begin(true)) {
            return trip.view().stage();
        }
    }

    @Test
    void nothingBeginsBeforeTheFlagsWereRead() {
        assertRefused();
        world.cut();
        world.watch.beat();
        assertRefused();
        world.mend();
        world.watch.beat();
        assertThat(stage()).isEqualTo(Stage.BEFORE);
    }

    @Test
    void theHeartbeatIsSentBeforeTheFlagsAreRead() {
        List<String> order = new ArrayList<>();
        world.acknowledgements.hook(() -> order.add("heartbeat"));
        world.store.hook(moment -> order.add("read"));
        world.watch.beat();
        assertThat(order).containsExactly("heartbeat", "read", "heartbeat");
        order.clear();
        world.watch.beat();
        assertThat(order).containsExactly("heartbeat", "read");
    }

    /** It is answered late, so that a lease from the answer on would be longer than the one the store gives. */
    @Test
    void theLeaseRunsFromBeforeTheHeartbeatWasSent() {
        world.acknowledgements.hook(() -> world.pass(Duration.ofSeconds(1)));
        world.watch.beat();
        // Two heartbeats have passed two seconds: the flags were new to this instance.
        world.pass(LoneInstance.LEASE.minusSeconds(2).minusNanos(1));
        assertThat(stage()).isEqualTo(Stage.BEFORE);
        world.pass(Duration.ofNanos(1));
        assertRefused();
    }

    @Test
    void withoutAHeartbeatTheFlagsAreGoneByUntilTheLeaseEnds() {
        world.watch.beat();
        world.moveWrites();
        world.acknowledgements.hook(() -> {
            throw new IllegalStateException("away");
        });
        world.pass(LoneInstance.LEASE.minusNanos(1));
        world.watch.beat();
        assertThat(stage()).isEqualTo(Stage.BEFORE);
        world.pass(Duration.ofNanos(1));
        world.watch.beat();
        assertRefused();
        world.mend();
        world.watch.beat();
        assertThat(stage()).isEqualTo(Stage.WRITES_MOVED);
    }

    @Test
    void flagsThatCannotBeReadDoNotOutlastTheLeaseThoughTheHeartbeatComes() {
        world.watch.beat();
        world.store.hook(moment -> {
            throw new IllegalStateException("away");
        });
        world.pass(LoneInstance.LEASE.minusNanos(1));
        world.watch.beat();
        assertThat(stage()).isEqualTo(Stage.BEFORE);
        world.pass(Duration.ofNanos(1));
        world.watch.beat();
        assertRefused();
    }

    @Test
    void aVersionIsAcknowledgedAtOnceWhenNothingGoesOn() {
        world.watch.beat();
        assertThat(world.roll().outcome()).isEqualTo(Roll.Outcome.COMPLETE);
        world.moveWrites();
        assertThat(world.roll().outcome()).isEqualTo(Roll.Outcome.PENDING);
        world.watch.beat();
        assertThat(world.roll().outcome()).isEqualTo(Roll.Outcome.COMPLETE);
    }

    @Test
    void aVersionIsNotAcknowledgedWhileAWriteUnderAnOlderOneGoesOn() {
        world.watch.beat();
        Trip old = world.trips.begin(true);
        world.moveWrites();
        world.watch.beat();
        assertThat(stage()).isEqualTo(Stage.WRITES_MOVED);
        assertThat(world.roll().waiting()).hasSize(1);
        old.requireAllowed();
        old.close();
        world.watch.beat();
        assertThat(world.roll().outcome()).isEqualTo(Roll.Outcome.COMPLETE);
    }

    @Test
    void aReadUnderOlderFlagsHoldsUpTheReadFlagAlone() {
        world.moveWrites();
        world.watch.beat();
        Trip old = world.trips.begin(false);
        world.moveReads();
        world.watch.beat();
        assertThat(world.trips.acts()).isEqualTo(new Versions(2, 1));
        old.close();
        assertThat(world.trips.acts()).isEqualTo(new Versions(2, 2));
    }

    /** Whoever looked while the lease was over took this instance for safe: what began before must not end in a commit. */
    @Test
    void whatBeganInALeaseThatEndedIsNotFinishedInTheNextOne() {
        world.watch.beat();
        Trip old = world.trips.begin(true);
        world.pass(LoneInstance.LEASE);
        assertThatThrownBy(old::requireAllowed).isInstanceOf(FlagsUnknownException.class);
        world.watch.beat();
        assertThatThrownBy(old::requireAllowed)
                .isInstanceOf(FlagsUnknownException.class)
                .hasMessageContaining("nothing was written");
        try (Trip next = world.trips.begin(true)) {
            next.requireAllowed();
        }
    }

    @Test
    void aLeaseThatIsRenewedInTimeCoversWhatGoesOn() {
        world.watch.beat();
        Trip trip = world.trips.begin(true);
        for (int i = 0; i < 5; i++) {
            world.pass(LoneInstance.LEASE.minusNanos(1));
            world.watch.beat();
        }
        trip.requireAllowed();
    }

    @Test
    void whoReadsTheFlagsAgainForARefusalDoesNotLengthenTheLease() {
        world.watch.beat();
        world.moveWrites();
        world.pass(LoneInstance.LEASE.minusNanos(1));
        world.watch.refresh(world.nanos.get(), Duration.ZERO);
        assertThat(stage()).isEqualTo(Stage.WRITES_MOVED);
        world.pass(Duration.ofNanos(1));
        assertRefused();
    }

    @Test
    void refusalsFromBeforeTheLastReadBeganNeedNoOtherRead() {
        world.watch.beat();
        int[] reads = {0};
        world.store.hook(moment -> reads[0] += moment == Moment.BEFORE_READ ? 1 : 0);
        long refused = world.nanos.get();
        world.pass(Duration.ofMillis(1));
        world.watch.refresh(refused, Duration.ZERO);
        world.watch.refresh(refused, Duration.ZERO);
        assertThat(reads[0]).isEqualTo(1);
    }

    @Test
    void olderFlagsThanTheKnownOnesAreNoAnswer() {
        world.moveWrites();
        world.watch.beat();
        LoneInstance behind = new LoneInstance();
        Watch other = new Watch(
                behind.reader, world.acknowledgements, "a", LoneInstance.LEASE, world.trips, world.nanos::get);
        world.pass(LoneInstance.LEASE.minusNanos(1));
        other.beat();
        assertThat(stage()).isEqualTo(Stage.WRITES_MOVED);
        world.pass(Duration.ofNanos(1));
        assertRefused();
    }

    @Test
    void thePairThatHidesNewRowsIsNoAnswer() {
        world.store.compareAndSet(world.store.read("r").orElseThrow(), false, "somebody", "by hand");
        world.watch.beat();
        assertRefused();
    }

    @Test
    void whoLeavesIsNotWaitedFor() {
        world.watch.beat();
        world.moveWrites();
        world.watch.leave();
        assertThat(world.roll().outcome()).isEqualTo(Roll.Outcome.NOBODY);
    }
}
