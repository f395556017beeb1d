package dev.widekey.daemon.throttle;

import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The share of its full speed at which the daemon may work, from 0 to 1: up by a little while every signal is good, down by a factor while one is not.
 *
 * <p>Over its limit, a signal slows the work down, never to less than {@value #LEAST}: a server that is busy for other reasons would never be rid of
 * the migration. Far over its limit, unknown, or not looked at for a while, it stops the work until it is seen to be better. Thread-safe.
 */
final class Pace {
    /** What is left of the speed while a signal is over its limit for long. */
    static final double LEAST = 0.02;

    /** The speed at the beginning: with the usual four workers not quite one of them. */
    static final double FIRST = 0.2;

    private static final double GAIN = 0.03;
    private static final double LOSS = 0.7;

    /** So many times its limit, and a signal stops the work. */
    private static final double FAR = 3;

    private static final String STARTING = "starting";
    private static final String AFTER = "after ";

    private static final Duration STALE = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    /** What each signal said last. */
    private final Map<Signal, Reading> newest = new EnumMap<>(Signal.class);

    private boolean following;
    private double share = FIRST;
    private boolean stopped = true;
    private String why = STARTING;
    private long lookedAt;

    /** A pace that follows nothing yet. */
    Pace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether the signals matter. When they begin to, nothing goes on before they are read. */
    synchronized void follow(boolean signals) {
        if (signals && !following) {
            newest.clear();
            share = FIRST;
            stopped = true;
            why = STARTING;
            lookedAt = nanoTime.getAsLong();
        }
        if (!signals) {
            newest.clear();
        }
        following = signals;
    }

    synchronized boolean isFollowing() {
        return following;
    }

    /**
     * Takes in what the signals say. One that is not among the readings has nothing new to say: what it said last still holds, but lowers the share only
     * once.
     */
    synchronized void look(Map<Signal, Reading> readings) {
        lookedAt = nanoTime.getAsLong();
        newest.putAll(readings);
        boolean newlyBad = readings.values().stream().anyMatch(Pace::isBad);
        boolean bad = newest.values().stream().anyMatch(Pace::isBad);
        stopped = newest.values().stream().anyMatch(reading -> ratio(reading).orElse(FAR) >= FAR);
        if (newlyBad) {
            share = Math.max(LEAST, share * LOSS);
        } else if (!bad) {
            share = Math.min(1, share + GAIN);
        }
        if (bad) {
            why = complaint();
        } else if (!why.equals(STARTING) && !why.startsWith(AFTER)) {
            why = AFTER + why;
        }
    }

    private static boolean isBad(Reading reading) {
        return ratio(reading).orElse(FAR) > 1;
    }

    /** How far over or under its limit; empty when that is unknown. */
    private static OptionalDouble ratio(Reading reading) {
        return reading instanceof Reading.Value value ? OptionalDouble.of(value.ratio()) : OptionalDouble.empty();
    }

    /** Everything that is unknown, or else the signal that is furthest over its limit. */
    private String complaint() {
        String unknown = newest.entrySet().stream()
                .filter(entry -> entry.getValue() instanceof Reading.Unknown)
                .map(entry -> entry.getKey().words() + ": " + ((Reading.Unknown) entry.getValue()).why())
                .collect(Collectors.joining("; "));
        if (!unknown.isEmpty()) {
            return "unknown: " + unknown;
        }
        Map.Entry<Signal, Reading> worst = Collections.max(
                newest.entrySet(),
                Comparator.comparingDouble(entry -> ratio(entry.getValue()).orElseThrow()));
        Reading.Value value = (Reading.Value) worst.getValue();
        return worst.getKey().words() + " " + worst.getKey().text(value.value()) + " over "
                + worst.getKey().text(value.limit());
    }

    /** The share now; 0 stops. */
    synchronized double share() {
        if (!following) {
            return 1;
        }
        return stopped || isStale() ? 0 : share;
    }

    /** Why the share is not 1, and what it is; empty when it is 1. */
    synchronized Optional<String> reason() {
        if (share() == 1) {
            return Optional.empty();
        }
        if (isStale()) {
            return Optional.of("unknown: no signal was read for "
                    + Duration.ofNanos(nanoTime.getAsLong() - lookedAt).toSeconds() + " s, stopped");
        }
        return Optional.of(why + (stopped ? ", stopped" : String.format(Locale.ROOT, ", %.0f %% speed", share * 100)));
    }

    /** The newest reading of a signal, divided by its limit; NaN when it is unknown or was never read. */
    synchronized double ratio(Signal signal) {
        Reading reading = newest.get(signal);
        return reading == null ? Double.NaN : ratio(reading).orElse(Double.NaN);
    }

    private boolean isStale() {
        return nanoTime.getAsLong() - lookedAt > STALE.toNanos();
    }
}
