package dev.widekey.daemon.forecast;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * For how long a server keeps the binlog that a stream needs, against how long the stream needs to come to its end. Immutable.
 *
 * @param server the role of the server whose binlog it is
 * @param file that is needed; empty while no stream needs one, or when it is not of this server
 * @param retention how long a file is kept that is written no more; empty when unknown
 * @param seconds until the file may be purged, at least; infinite when the server purges nothing by itself, empty when unknown
 * @param drain seconds until the stream is at the end of the log; infinite when it gets no nearer, empty when unknown
 * @param lag of the stream; empty when unknown
 * @param behind bytes from the place needed to the end of the log; empty when unknown
 */
public record Survival(
        String server,
        Optional<String> file,
        Optional<Retention> retention,
        OptionalDouble seconds,
        OptionalDouble drain,
        Optional<Duration> lag,
        OptionalLong behind) {

    /** The longest time kept in reserve: for whoever is called in the night. */
    private static final double RESERVE_SECONDS = 3_600;

    /**
     * A lag that shrinks by less than this each second counts as if it shrank by so much: how slowly a stream gets on beside a copy does not tell how
     * slowly it gets on without.
     */
    private static final double LEAST_SHRINKING = 0.1;

    /** Nobody has looked, or nobody could. */
    public static Survival unknown(String server) {
        return unknown(server, OptionalDouble.empty(), Optional.empty());
    }

    /** The server could not be asked. */
    static Survival unknown(String server, OptionalDouble drain, Optional<Duration> lag) {
        return new Survival(
                server, Optional.empty(), Optional.empty(), OptionalDouble.empty(), drain, lag, OptionalLong.empty());
    }

    /**
     * Whether the stream should have the servers for itself: the file is kept for less than twice the time it takes to come to the end of the log, and an hour, or
     * half of the retention where that is less. A survival that is unknown counts as short only when the lag is unknown too: a stream that is known to
     * be close does not need old files, one that nobody knows anything about may.
     */
    public boolean isShort() {
        if (seconds.isEmpty()) {
            return lag.isEmpty();
        }
        double kept = retention.map(Retention::seconds).orElse(0L);
        return seconds.getAsDouble() == 0 || seconds.getAsDouble() < 2 * needed() + Math.min(RESERVE_SECONDS, kept / 2);
    }

    private double needed() {
        double behindBy = lag.map(duration -> duration.toNanos() / 1e9).orElse(0.0);
        return Math.min(drain.orElse(Double.POSITIVE_INFINITY), behindBy / LEAST_SHRINKING);
    }

    /** Why the copy is held back for it; empty when it is not. What is unknown together with the lag is held back for that. */
    public Optional<String> reason() {
        return seconds.isPresent() && isShort()
                ? Optional.of("binlog survival " + time(seconds) + " of " + file.orElse("?") + ", drain " + drainText())
                : Optional.empty();
    }

    /** For people, in few words. */
    public String text() {
        return "binlog kept " + time(seconds) + ", drain " + drainText();
    }

    private String drainText() {
        return drain.isPresent() && drain.getAsDouble() == Double.POSITIVE_INFINITY
                ? "never at this pace"
                : time(drain);
    }

    private static String time(OptionalDouble seconds) {
        if (seconds.isEmpty()) {
            return "unknown";
        }
        double value = seconds.getAsDouble();
        return value == Double.POSITIVE_INFINITY ? "for ever" : value == 0 ? "0 s" : Amounts.time(value);
    }
}
