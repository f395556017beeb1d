package dev.widekey.daemon;

import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.status.Runway;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how much is left until the source cannot take the application back, and warns when it runs short. {@link #left} is for any thread.
 */
final class RunwayWatch implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(RunwayWatch.class);

    /** From which share of the key space on the way back is about to close. */
    private static final double SHORT = 0.1;

    private static final double SHORT_SECONDS = 24 * 3600;
    private static final int QUIET_LOOKS = 60;

    private final Optional<ReverseStream> reverse;
    private final Supplier<Phase> phase;
    private final LongSupplier nanoTime;
    private volatile Runway left = Runway.UNKNOWN;
    private int looks;

    /** What the first look saw of the columns, and when, for the rate. */
    private Map<String, Long> first = Map.of();

    private long firstAt;

    RunwayWatch(Optional<ReverseStream> reverse, Supplier<Phase> phase, LongSupplier nanoTime) {
        this.reverse = reverse;
        this.phase = phase;
        this.nanoTime = nanoTime;
    }

    @Override
    public void run() {
        if (reverse.isEmpty() || !phase.get().returns()) {
            left = Runway.UNKNOWN;
            first = Map.of();
            return;
        }
        ReverseStream back = reverse.get();
        try {
            left = look(back);
            long now = left.ids().orElse(0);
            if (isShort(now, back.lastId(), left.seconds()) && looks++ % QUIET_LOOKS == 0) {
                log.warn(
                        "the way back is about to close: {} ids are left until the source's key ends at {}{}{}",
                        now,
                        back.lastId(),
                        left.values().isEmpty() ? "" : ", and of values " + left.values(),
                        now == 0 ? "; it is closed" : time(left.seconds()));
            }
        } catch (SQLException failure) {
            left = Runway.UNKNOWN;
            log.warn("how much is left for the way back cannot be read: {}", failure.getMessage());
        }
    }

    private Runway look(ReverseStream back) throws SQLException {
        long ids = back.idsLeft();
        OptionalDouble seconds = Runway.lasts(ids, back.activity().writesPerSecond());
        Map<String, Long> values = back.valuesLeft();
        if (first.isEmpty()) {
            first = values;
            firstAt = nanoTime.getAsLong();
        }
        double elapsed = (nanoTime.getAsLong() - firstAt) / 1e9;
        for (Map.Entry<String, Long> value : values.entrySet()) {
            long used = first.getOrDefault(value.getKey(), value.getValue()) - value.getValue();
            OptionalDouble rate = elapsed < 1 ? OptionalDouble.empty() : OptionalDouble.of(Math.max(0, used) / elapsed);
            seconds = Runway.shorter(seconds, Runway.lasts(value.getValue(), rate));
        }
        return new Runway(OptionalLong.of(ids), values, seconds);
    }

    /** What the last look saw. */
    Runway left() {
        return left;
    }

    private static boolean isShort(long left, long last, OptionalDouble seconds) {
        return left < last * SHORT || (seconds.isPresent() && seconds.getAsDouble() < SHORT_SECONDS);
    }

    private static String time(OptionalDouble seconds) {
        return seconds.isPresent() && Double.isFinite(seconds.getAsDouble())
                ? String.format(Locale.ROOT, ", for %.1f hours at this rate", seconds.getAsDouble() / 3600)
                : "";
    }
}
