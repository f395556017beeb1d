package dev.widekey.daemon.hook;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Retries;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everybody who is told, by the configuration. Each hook has a {@link Courier} and a thread of its own, so a receiver that is away holds up no other.
 *
 * <p>{@link #start} and {@link #close} by one thread.
 */
public final class Hooks implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Hooks.class);

    /** Long enough for a service that wakes up first, short enough to try several times in any patience. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final int A_SECOND = 5;
    private static final Duration LAST_WORDS = Duration.ofSeconds(30);
    private static final Duration END = Duration.ofSeconds(5);

    private final BooleanSupplier done;
    private final List<Courier> couriers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private Hooks(BooleanSupplier done) {
        this.done = done;
    }

    /**
     * Begins to tell.
     *
     * @param over whether the process ends, so that what is left is for the next one
     * @param done whether the migration is done, so that there may be no next one
     */
    public static Hooks start(
            DaemonConfig.Hooks config,
            HookLog ledger,
            Retries retries,
            BooleanSupplier over,
            BooleanSupplier done,
            MeterRegistry metrics) {
        Hooks hooks = new Hooks(done);
        for (Hook hook : hooks(config)) {
            Courier courier = new Courier(
                    hook,
                    ledger,
                    worthIt -> retries.whileWorthIt(hook.name(), worthIt),
                    pace(hook.name()),
                    config.patience(),
                    over,
                    System::nanoTime);
            meters(metrics, hook.name(), courier);
            hooks.begin(courier);
        }
        return hooks;
    }

    /** Why hooks cannot be made as they are configured; empty when they can. No receiver is asked. */
    public static Optional<String> flaw(DaemonConfig.Hooks config) {
        return config.kafka().flatMap(KafkaTopic::flaw);
    }

    private static List<Hook> hooks(DaemonConfig.Hooks config) {
        List<Hook> hooks = new ArrayList<>();
        config.webhook().ifPresent(receiver -> hooks.add(new Webhook(receiver, TIMEOUT)));
        config.kafka().ifPresent(receiver -> hooks.add(new KafkaTopic(receiver, TIMEOUT)));
        return hooks;
    }

    private static RateLimiter pace(String name) {
        return RateLimiter.of(
                name,
                RateLimiterConfig.custom()
                        .limitRefreshPeriod(Duration.ofSeconds(1))
                        .limitForPeriod(A_SECOND)
                        .timeoutDuration(Duration.ofSeconds(10))
                        .build());
    }

    private static void meters(MeterRegistry registry, String name, Courier courier) {
        counter(
                registry,
                "widekey.hook.sent",
                "Events a receiver has taken from this process",
                name,
                courier,
                Courier::sent);
        counter(registry, "widekey.hook.failed", "Events this process has given up", name, courier, Courier::givenUp);
        Gauge.builder("widekey.hook.pending", courier, Courier::pending)
                .tags("hook", name)
                .description("Events that wait to be told")
                .register(registry);
    }

    private static void counter(
            MeterRegistry registry,
            String name,
            String description,
            String hook,
            Courier courier,
            ToDoubleFunction<Courier> value) {
        FunctionCounter.builder(name, courier, value)
                .tags("hook", hook)
                .description(description)
                .register(registry);
    }

    private void begin(Courier courier) {
        Thread thread = new Thread(courier, "hook-" + courier.hook().name());
        thread.setDaemon(true);
        couriers.add(courier);
        threads.add(thread);
        thread.start();
    }

    /** Ends at once, unless the migration is done: then what is left is told first, for half a minute at most. */
    @Override
    public void close() {
        if (done.getAsBoolean()) {
            couriers.forEach(Courier::end);
            await(LAST_WORDS);
            couriers.stream()
                    .filter(courier -> courier.pending() > 0)
                    .forEach(courier -> log.warn(
                            "{} events of hook {} are not told; start the daemon once more for them",
                            courier.pending(),
                            courier.hook().name()));
        }
        couriers.forEach(Courier::close);
        threads.forEach(Thread::interrupt);
        await(END);
        couriers.forEach(courier -> courier.hook().close());
    }

    private void await(Duration most) {
        long deadline = System.nanoTime() + most.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
