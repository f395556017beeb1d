package dev.widekey.flags.client;

import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.ack.Acknowledgements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Describes a {@link Router} and starts it. Used by one thread, once. */
public final class RouterBuilder {

    /** Refreshes that have to fit into a lease, so that one that fails is not felt. */
    private static final int REFRESHES_PER_LEASE = 3;

    private final Sides sides;
    private @Nullable FlagReader reader;
    private @Nullable Acknowledgements acknowledgements;
    private String instance = "";
    private Duration refresh = Duration.ofSeconds(1);
    private Duration lease = Duration.ofSeconds(30);
    private Duration patience = Duration.ofSeconds(30);
    private @Nullable Supplier<Optional<Duration>> lag;
    private Consumer<Difference> listener = difference -> {};

    RouterBuilder(Sides sides) {
        this.sides = sides;
    }

    /** Where the flags are and what the application calls them. Needed. */
    public RouterBuilder flags(FlagStore store, FlagName write, FlagName read) {
        reader = new FlagReader(store, write, read);
        return this;
    }

    /**
     * Where this process acknowledges them. Needed.
     *
     * @param name of the process, for a person to find it; digits are added that tell it from every other
     */
    public RouterBuilder acknowledging(Acknowledgements store, String name) {
        acknowledgements = store;
        instance = name + ":" + UUID.randomUUID().toString().substring(0, 8);
        return this;
    }

    /** Time between two heartbeats; the flags are read behind each. A second unless set, at most a third of the lease. */
    public RouterBuilder refresh(Duration time) {
        refresh = positive("refresh", time);
        return this;
    }

    /**
     * How long this process goes by flags it cannot confirm, and how long the daemon waits for it when it is silent. Thirty seconds
     * unless set.
     */
    public RouterBuilder lease(Duration time) {
        lease = positive("lease", time);
        return this;
    }

    /** How long a write that a fence refuses is tried again. Thirty seconds unless set; longer than a cutover takes. */
    public RouterBuilder patience(Duration time) {
        patience = positive("patience", time);
        return this;
    }

    /**
     * Compares every read with the other side, beside it, on one thread. Queries are then also called from that thread, and rows
     * are compared by {@code equals}.
     *
     * @param streamLag the time within which the other side has what was committed, as of now; empty when unknown, as it is until
     *     every row is copied
     * @param differences called from that thread for every difference
     */
    public RouterBuilder shadow(Supplier<Optional<Duration>> streamLag, Consumer<Difference> differences) {
        lag = streamLag;
        listener = differences;
        return this;
    }

    /**
     * Registers the process and reads the flags. When that fails the router is there all the same and refuses to write until it
     * succeeds.
     *
     * @throws IllegalArgumentException when something is missing or does not fit
     */
    public Router start() {
        FlagReader flags = required(reader, "flags");
        Acknowledgements store = required(acknowledgements, "acknowledging");
        if (refresh.multipliedBy(REFRESHES_PER_LEASE).compareTo(lease) > 0) {
            throw new IllegalArgumentException("refresh is at most a third of the lease, got " + refresh + " and "
                    + lease + "; refresh more often or lengthen the lease");
        }
        Trips trips = new Trips(lease, System::nanoTime);
        Watch watch = new Watch(flags, store, instance, lease, trips, System::nanoTime);
        List<Background> threads = new ArrayList<>();
        Shadow shadow = lag == null ? null : shadow(trips, lag, threads);
        watch.beat();
        Background heartbeat = new Background("widekey-flags");
        heartbeat.repeat(watch::beat, refresh);
        threads.add(heartbeat);
        Writes writes = new Writes(trips, watch, patience, System::nanoTime);
        return new Router(sides, trips, watch, writes, shadow, threads, patience);
    }

    private Shadow shadow(Trips trips, Supplier<Optional<Duration>> streamLag, List<Background> threads) {
        Background comparing = new Background("widekey-shadow");
        threads.add(comparing);
        return new Shadow(sides, trips, streamLag, listener, comparing::after, System::nanoTime);
    }

    private static <T> T required(@Nullable T value, String method) {
        if (value == null) {
            throw new IllegalArgumentException(
                    "a router needs to know about its " + method + "; call " + method + "(...)");
        }
        return value;
    }

    private static Duration positive(String name, Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException(
                    name + " is a positive time, got " + time + "; leave it out for the default");
        }
        return time;
    }
}
