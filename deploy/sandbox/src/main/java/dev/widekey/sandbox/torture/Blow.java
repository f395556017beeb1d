package dev.widekey.sandbox.torture;

import java.time.Duration;

/** What ends one life of the daemon, or what it has to survive. Immutable. */
public sealed interface Blow {

    /**
     * Killed when it reaches a crash point for the n-th time; killed anyway once the part of its life is over in which the point comes up.
     *
     * @param part where it comes up
     * @param point its name
     * @param times from 1
     */
    record AtPoint(Points part, String point, int times) implements Blow {
        /** As the daemon is told. */
        String armed() {
            return point + ":" + times;
        }
    }

    /**
     * Killed at a moment that nothing decides but the dice.
     *
     * @param part the part of a migration's life it is meant for
     * @param fromStart counted from the start of the process, else from when it has found its place again
     */
    record AtMoment(Points part, boolean fromStart, Duration after) implements Blow {}

    /**
     * Something happens to its surroundings while it runs; then it goes on.
     *
     * @param part the part of a migration's life it is meant for
     * @param after counted from when the daemon has found its place again
     */
    record Surroundings(Points part, Fault fault, Duration after) implements Blow {}
}
