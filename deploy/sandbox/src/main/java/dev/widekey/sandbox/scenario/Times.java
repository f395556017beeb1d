package dev.widekey.sandbox.scenario;

import java.time.Duration;

/**
 * How long everything lasts. Immutable.
 *
 * @param scale 1 for the scenario as it is written, less for a shorter one
 */
record Times(double scale) {

    /** From the application's start to the order to cut over, at least. */
    Duration workload() {
        return scaled(300);
    }

    /** For which one transaction keeps its ids to itself. */
    Duration held() {
        return scaled(60);
    }

    /** Between two rotations of the source's log. */
    Duration rotation() {
        return scaled(30);
    }

    /** Without a network between daemon and source. */
    Duration cut() {
        return scaled(30);
    }

    /** For which a straggler goes on after the flip. */
    Duration straggler() {
        return scaled(90);
    }

    private Duration scaled(int seconds) {
        return Duration.ofMillis(Math.max(500, Math.round(seconds * 1_000 * scale)));
    }
}
