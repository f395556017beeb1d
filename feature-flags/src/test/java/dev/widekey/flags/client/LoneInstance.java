package dev.widekey.flags.client;

import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagPair;
import dev.widekey.flags.InMemoryFlagStore;
import dev.widekey.flags.Routing;
import dev.widekey.flags.Switch;
import dev.widekey.flags.ack.InMemoryAcknowledgements;
import dev.widekey.flags.ack.Roll;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** One instance and its stores, all in memory, under a clock that a test sets. */
final class LoneInstance {

    static final FlagName WRITE = FlagName.of("w", true);
    static final FlagName READ = FlagName.of("r", false);
    static final Duration LEASE = Duration.ofSeconds(30);

    final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 7);
    final InMemoryFlagStore store = new InMemoryFlagStore();
    final InMemoryAcknowledgements acknowledgements = new InMemoryAcknowledgements(nanos::get);
    final Routing routing = new Routing(store, WRITE, READ);
    final FlagReader reader = new FlagReader(store, WRITE, READ);
    final Trips trips = new Trips(LEASE, nanos::get);
    final Watch watch = new Watch(reader, acknowledgements, "a", LEASE, trips, nanos::get);

    LoneInstance() {
        routing.initialise("test", "begin");
    }

    LoneInstance fenced() {
        new Switch(store, Switch.FENCED, false).turnOn("test", "fenced");
        return this;
    }

    void moveWrites() {
        routing.moveWrites("test", "move");
    }

    void moveReads() {
        routing.moveReads("test", "move");
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    Roll roll() {
        FlagPair pair = routing.pair();
        return acknowledgements.of(pair);
    }

    /** Nobody answers any more. */
    void cut() {
        store.hook(moment -> {
            throw new IllegalStateException("the store is away");
        });
        acknowledgements.hook(() -> {
            throw new IllegalStateException("the store is away");
        });
    }

    void mend() {
        store.hook(moment -> {});
        acknowledgements.hook(() -> {});
    }
}
