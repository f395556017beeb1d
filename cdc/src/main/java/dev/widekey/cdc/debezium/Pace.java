package dev.widekey.cdc.debezium;

import java.time.Duration;

/**
 * How often the supervisor does things.
 *
 * @param check between two checks of a running source
 * @param firstPause before the first new attempt; doubles with every further one
 * @param longestPause where doubling ends
 * @param readerEnd how long an engine may take to end before it is abandoned
 */
record Pace(Duration check, Duration firstPause, Duration longestPause, Duration readerEnd) {

    static final Pace NORMAL =
            new Pace(Duration.ofMinutes(1), Duration.ofMillis(250), Duration.ofSeconds(30), Duration.ofSeconds(20));
}
