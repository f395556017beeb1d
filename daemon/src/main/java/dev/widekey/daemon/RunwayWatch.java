package dev.widekey.daemon;

import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.status.Runway;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches how many ids are left until the source cannot take the application back, and warns when they run short. Thread-safe. */
final class RunwayWatch implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(RunwayWatch.class);

    /** From which share of the key space on the way back is about to close. */
    private static final double SHORT = 0.1;

    private static final double SHORT_SECONDS = 24 * 3600;
    private static final int QUIET_LOOKS = 60;

    private final Optional<ReverseStream> reverse;
    private final Supplier<Phase> phase;
    private volatile Runway left = Runway.UNKNOWN;
    private int looks;

    RunwayWatch(Optional<ReverseStream> reverse, Supplier<Phase> phase) {
        this.reverse = reverse;
        this.phase = phase;
    }

    @Override
    public void run() {
        if (reverse.isEmpty() || !phase.get().returns()) {
            left = Runway.UNKNOWN;
            return;
        }
        ReverseStream back = reverse.get();
        try {
            long now = back.idsLeft();
            left = Runway.of(now, back.activity().writesPerSecond());
            if (isShort(now, back.lastId(), left.seconds()) && looks++ % QUIET_LOOKS == 0) {
                log.warn(
                        "the way back is about to close: {} ids are left until the source's key ends at {}{}",
                        now,
                        back.lastId(),
                        now == 0 ? "; it is closed" : time(left.seconds()));
            }
        } catch (SQLException failure) {
            left = Runway.UNKNOWN;
            log.warn("how many ids are left for the way back cannot be read: {}", failure.getMessage());
        }
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
