package dev.widekey.daemon.database;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The retries of the daemon: exponential with jitter, for failures that pass. Thread-safe. */
public final class Retries {
    private static final Logger log = LoggerFactory.getLogger(Retries.class);

    private final MeterRegistry metrics;
    private final BooleanSupplier over;

    /**
     * Retries whose attempts are counted in {@code metrics}.
     *
     * @param over whether the work these retries serve is over: from then on a failure is not tried again
     */
    public Retries(MeterRegistry metrics, BooleanSupplier over) {
        this.metrics = metrics;
        this.over = over;
    }

    /** Tries until it succeeds, fails for good, or the work is over. For work that is safe to begin again. */
    public Retry untilItPasses(String name) {
        return named(name, Integer.MAX_VALUE, failure -> Faults.passes(failure) && !over.getAsBoolean());
    }

    /** Tries until it succeeds or fails for good, even when the work is over: for what must be known before anything else may happen. */
    public Retry untilItIsKnown(String name) {
        return named(name, Integer.MAX_VALUE, Faults::passes);
    }

    /** Tries, however it fails, as long as it is worth it and the work is not over. For what others answer. */
    public Retry whileWorthIt(String name, BooleanSupplier worthIt) {
        return named(name, Integer.MAX_VALUE, failure -> worthIt.getAsBoolean() && !over.getAsBoolean());
    }

    /** Tries a few times, for about as long as a restart of a server's network takes. */
    public Retry briefly(String name) {
        return named(name, 5, failure -> Faults.passes(failure) && !over.getAsBoolean());
    }

    /**
     * Does work that a retry repeats.
     *
     * @param failed what to say when it fails with something that nobody expects, in words
     * @throws SQLException the failure that was not tried again
     */
    public static <T> T call(Retry retry, String failed, Callable<T> work) throws SQLException {
        try {
            return retry.executeCallable(work);
        } catch (SQLException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new SQLException(failed, failure);
        }
    }

    private Retry named(String name, int most, Predicate<Throwable> again) {
        RetryConfig config = RetryConfig.custom()
                .maxAttempts(most)
                .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(
                        Duration.ofMillis(100), 2, 0.5, Duration.ofSeconds(10)))
                .retryOnException(again)
                .build();
        Retry retry = Retry.of(name, config);
        Counter attempts = Counter.builder("widekey.retries")
                .description("Units of work that failed for a passing reason and were begun again")
                .tag("op", name)
                .register(metrics);
        retry.getEventPublisher().onRetry(event -> {
            attempts.increment();
            log.warn(
                    "{} failed, attempt {} in {} ms: {}",
                    name,
                    event.getNumberOfRetryAttempts() + 1,
                    event.getWaitInterval().toMillis(),
                    message(event.getLastThrowable()));
        });
        return retry;
    }

    private static String message(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return message.lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse(failure.getClass().getSimpleName());
    }
}
