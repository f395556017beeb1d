package dev.widekey.daemon.database;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The retries of the daemon: exponential with jitter, for failures that pass. Thread-safe. */
public final class Retries {
    private static final Logger log = LoggerFactory.getLogger(Retries.class);

    private final MeterRegistry metrics;

    /** Retries whose attempts are counted in {@code metrics}. */
    public Retries(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    /** Tries until it succeeds, fails for good, or the calling thread is interrupted. For work that is safe to begin again. */
    public Retry untilItPasses(String name) {
        return named(name, Integer.MAX_VALUE);
    }

    /** Tries a few times, for about as long as a restart of a server's network takes. */
    public Retry briefly(String name) {
        return named(name, 5);
    }

    private Retry named(String name, int attempts) {
        RetryConfig config = RetryConfig.custom()
                .maxAttempts(attempts)
                .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(
                        Duration.ofMillis(100), 2, 0.5, Duration.ofSeconds(10)))
                .retryOnException(Faults::passes)
                .build();
        Retry retry = Retry.of(name, config);
        retry.getEventPublisher().onRetry(event -> {
            Counter.builder("widekey.retries")
                    .tag("op", name)
                    .description("Attempts that followed a failure which passes")
                    .register(metrics)
                    .increment();
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
