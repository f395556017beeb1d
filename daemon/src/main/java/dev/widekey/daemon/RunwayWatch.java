package dev.widekey.daemon;

import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.state.Phase;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
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
    private volatile OptionalLong left = OptionalLong.empty();
    private int looks;

    RunwayWatch(Optional<ReverseStream> reverse, Supplier<Phase> phase) {
        this.reverse = reverse;
        this.phase = phase;
    }

    @Override
    public void run() {
        if (reverse.isEmpty() || !phase.get().returns()) {
            left = OptionalLong.empty();
            return;
        }
        ReverseStream back = reverse.get();
        try {
            long now = back.idsLeft();
            left = OptionalLong.of(now);
            if (isShort(now, back.lastId(), back.activity()) && looks++ % QUIET_LOOKS == 0) {
                log.warn(
                        "the way back is about to close: {} ids are left until the source's key ends at {}{}",
                        now,
                        back.lastId(),
                        now == 0 ? "; it is closed" : "");
            }
        } catch (SQLException failure) {
            left = OptionalLong.empty();
            log.warn("how many ids are left for the way back cannot be read: {}", failure.getMessage());
        }
    }

    /** Ids left; empty when there is no way back or when it is not known. */
    OptionalLong left() {
        return left;
    }

    private static boolean isShort(long left, long last, SourceActivity activity) {
        OptionalDouble rate = activity.writesPerSecond();
        return left < last * SHORT || (rate.isPresent() && rate.getAsDouble() * SHORT_SECONDS > left);
    }
}
