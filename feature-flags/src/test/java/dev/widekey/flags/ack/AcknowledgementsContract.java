package dev.widekey.flags.ack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagPair;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.InMemoryFlagStore;
import dev.widekey.flags.Routing;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** What every store of acknowledgements does. */
abstract class AcknowledgementsContract {

    private static final Duration LEASE = Duration.ofSeconds(30);

    final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final FlagStore flags = new InMemoryFlagStore();
    private final Routing routing = new Routing(flags, FlagName.of("w", true), FlagName.of("r", false));

    /** A store without instances, whose look at them goes by a clock. */
    abstract Acknowledgements empty(LongSupplier nanoTime) throws Exception;

    private FlagPair moved() {
        routing.initialise("test", "begin");
        routing.moveWrites("test", "move");
        return routing.pair();
    }

    @Test
    void nobodyIsNoAcknowledgement() throws Exception {
        Roll roll = empty(nanos::get).of(moved());
        assertThat(roll.outcome()).isEqualTo(Roll.Outcome.NOBODY);
        assertThat(roll).hasToString("no instance is registered");
    }

    @Test
    void whoActsOnThePairOrANewerOneHasAcknowledged() throws Exception {
        Acknowledgements acks = empty(nanos::get);
        acks.acknowledge("a", new Versions(2, 1), LEASE);
        acks.acknowledge("b", new Versions(3, 2), LEASE);
        Roll roll = acks.of(moved());
        assertThat(roll.acknowledged()).extracting(Instance::name).containsExactly("a", "b");
        assertThat(roll.outcome()).isEqualTo(Roll.Outcome.COMPLETE);
    }

    @Test
    void whoActsOnAnOlderVersionOfEitherFlagIsWaitedFor() throws Exception {
        Acknowledgements acks = empty(nanos::get);
        acks.acknowledge("a", new Versions(2, 1), LEASE);
        acks.acknowledge("b", new Versions(1, 1), LEASE);
        acks.acknowledge("c", new Versions(2, 0), LEASE);
        acks.acknowledge("d", Versions.UNREAD, LEASE);
        Roll roll = acks.of(moved());
        assertThat(roll.waiting()).extracting(Instance::name).containsExactly("b", "c", "d");
        assertThat(roll.outcome()).isEqualTo(Roll.Outcome.PENDING);
        assertThat(roll.toString())
                .startsWith("1 acknowledged, 3 waiting, 0 expired; waiting for b (write flag in version 1");
    }

    @Test
    void anInstanceIsOneRowHoweverOftenItIsHeardOf() throws Exception {
        Acknowledgements acks = empty(nanos::get);
        acks.acknowledge("a", new Versions(1, 1), LEASE);
        acks.acknowledge("a", new Versions(2, 1), Duration.ofSeconds(7));
        Roll roll = acks.of(moved());
        assertThat(roll.waiting()).isEmpty();
        assertThat(roll.acknowledged()).singleElement().satisfies(instance -> {
            assertThat(instance.acts()).isEqualTo(new Versions(2, 1));
            assertThat(instance.lease()).isEqualTo(Duration.ofSeconds(7));
            assertThat(instance.beat()).isEqualTo(2);
        });
    }

    @Test
    void whoHasLeftIsGone() throws Exception {
        Acknowledgements acks = empty(nanos::get);
        acks.acknowledge("a", Versions.UNREAD, LEASE);
        acks.leave("a");
        acks.leave("a");
        assertThat(acks.of(moved()).outcome()).isEqualTo(Roll.Outcome.NOBODY);
    }

    @Test
    void whoIsSilentForLongerThanItsLeaseHasExpired() throws Exception {
        Acknowledgements acks = empty(nanos::get);
        FlagPair pair = moved();
        acks.acknowledge("a", new Versions(1, 1), LEASE);
        assertThat(acks.of(pair).waiting()).hasSize(1);
        nanos.addAndGet(LEASE.toNanos());
        assertThat(acks.of(pair).waiting()).hasSize(1);
        nanos.addAndGet(1);
        Roll roll = acks.of(pair);
        assertThat(roll.expired()).extracting(Instance::name).containsExactly("a");
        assertThat(roll.outcome()).isEqualTo(Roll.Outcome.COMPLETE);
    }

    @Test
    void aHeartbeatEndsTheExpiry() throws Exception {
        Acknowledgements acks = empty(nanos::get);
        FlagPair pair = moved();
        acks.acknowledge("a", new Versions(1, 1), LEASE);
        acks.of(pair);
        nanos.addAndGet(LEASE.toNanos() + 1);
        acks.acknowledge("a", new Versions(1, 1), LEASE);
        assertThat(acks.of(pair).waiting()).hasSize(1);
    }

    /** However old a heartbeat looks by somebody's wall clock: the lease runs from the first look at it. */
    @Test
    void aFirstLookFindsNobodyExpired() throws Exception {
        Acknowledgements acks = empty(nanos::get);
        acks.acknowledge("a", new Versions(1, 1), Duration.ofMillis(1));
        nanos.addAndGet(LEASE.toNanos());
        assertThat(acks.of(moved()).waiting()).hasSize(1);
    }

    @Test
    void flagsThatWereNeverWrittenCannotBeAcknowledged() throws Exception {
        Acknowledgements acks = empty(nanos::get);
        acks.acknowledge("a", Versions.UNREAD, LEASE);
        assertThatThrownBy(() -> acks.of(routing.pair()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("store both first");
    }
}
