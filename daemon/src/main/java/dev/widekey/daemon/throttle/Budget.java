package dev.widekey.daemon.throttle;

import dev.widekey.daemon.config.Rate;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Rows and bytes a second for all work of the daemon together. Work is charged when it is done, as nobody knows before how much it is; a budget that
 * is overdrawn has to be even again before the next piece of work begins. Thread-safe.
 */
final class Budget {
    private static final Duration PERIOD = Duration.ofMillis(100);
    private static final int PERIODS = 10;
    private static final long HELD_NANOS = Duration.ofSeconds(2).toNanos();

    /** Any debt may be run up: nobody waits inside the limiter. */
    private static final Duration NEVER = Duration.ofDays(3650);

    private final LongSupplier nanoTime;
    private final Account rows = new Account("rows", 1);
    /** In KiB, so that a chunk of any size fits into the limiter's numbers. */
    private final Account bytes = new Account("bytes", 1024);

    private volatile String held = "";
    private volatile long heldAt;

    /** A budget without limits. */
    Budget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Sets the limits; what is overdrawn stays so. */
    void limit(Rate rowsPerSecond, Rate bytesPerSecond) {
        rows.limit(rowsPerSecond, rowsPerSecond.asRows() + " rows/s");
        bytes.limit(bytesPerSecond, bytesPerSecond.asBytes() + "/s");
    }

    /** Takes this off; never waits. */
    void charge(long readRows, long readBytes) {
        rows.charge(readRows);
        bytes.charge(readBytes);
    }

    /** Whether work may begin. */
    boolean isEven() {
        Optional<String> overdrawn = rows.overdrawn().or(bytes::overdrawn);
        if (overdrawn.isPresent()) {
            held = overdrawn.get();
            heldAt = nanoTime.getAsLong();
        }
        return overdrawn.isEmpty();
    }

    /** Which limit holds work back, or did so a moment ago. */
    Optional<String> reason() {
        return rows.overdrawn()
                .or(bytes::overdrawn)
                .or(() -> !held.isEmpty() && nanoTime.getAsLong() - heldAt < HELD_NANOS
                        ? Optional.of(held)
                        : Optional.empty())
                .map(limit -> "budget " + limit);
    }

    /** One of the two limits. */
    private final class Account {
        private final String name;
        private final int unit;
        private @Nullable RateLimiter limiter;
        private String words = "";
        private long rest;

        Account(String name, int unit) {
            this.name = name;
            this.unit = unit;
        }

        synchronized void limit(Rate rate, String inWords) {
            words = inWords;
            int permits = (int) Math.max(1, rate.perSecond() / PERIODS / unit);
            RateLimiter now = limiter;
            if (rate.isOff()) {
                limiter = null;
            } else if (now != null) {
                now.changeLimitForPeriod(permits);
            } else {
                limiter = new AtomicRateLimiter(
                        name,
                        RateLimiterConfig.custom()
                                .limitRefreshPeriod(PERIOD)
                                .limitForPeriod(permits)
                                .timeoutDuration(NEVER)
                                .build(),
                        nanoTime::getAsLong);
            }
        }

        synchronized void charge(long amount) {
            if (limiter == null) {
                return;
            }
            rest += amount;
            long permits = rest / unit;
            rest %= unit;
            if (permits > 0) {
                limiter.reservePermission((int) Math.min(Integer.MAX_VALUE / 2, permits));
            }
        }

        synchronized Optional<String> overdrawn() {
            return limiter != null && limiter.getMetrics().getAvailablePermissions() <= 0
                    ? Optional.of(words)
                    : Optional.empty();
        }
    }
}
