package dev.widekey.cdc.debezium;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * The source's clock as it was read at one moment, carried on by this machine's monotonic clock. The wall clock of this machine has no part in it, so
 * setting that clock changes no lag.
 *
 * @param millis the source's time, since the epoch
 * @param nanos {@link System#nanoTime} at that moment
 */
record SourceClock(long millis, long nanos) {

    /** How far a change may seem to be ahead of its own server: half a round trip and the drift between two readings. */
    private static final Duration BLUR = Duration.ofSeconds(2);

    /** Reads the clock, give or take half a round trip. */
    static SourceClock read(Connection source) throws SQLException {
        long before = System.nanoTime();
        String micros = SourceConnection.text(source, "SELECT CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS UNSIGNED)");
        long elapsed = System.nanoTime() - before;
        return new SourceClock(Long.parseLong(micros) / 1_000, before + elapsed / 2);
    }

    /**
     * How old a change of the source is.
     *
     * @param changeMillis what its log says of when it was made
     * @param nowNanos {@link System#nanoTime}
     * @return empty when the change comes from the future: the source's clock was set back, and nobody can say how far behind the stream is
     */
    Optional<Duration> age(long changeMillis, long nowNanos) {
        Duration age = Duration.ofMillis(millis - changeMillis).plusNanos(nowNanos - nanos);
        if (age.isNegative()) {
            return age.plus(BLUR).isNegative() ? Optional.empty() : Optional.of(Duration.ZERO);
        }
        return Optional.of(age);
    }
}
