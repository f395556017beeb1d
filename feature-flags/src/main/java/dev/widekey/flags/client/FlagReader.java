package dev.widekey.flags.client;

import dev.widekey.flags.Flag;
import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagPair;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.FlagStoreException;
import dev.widekey.flags.Switch;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Reads the flags, all as of one moment. Thread-safe when the store is. */
final class FlagReader {

    /** For what both reading and a heartbeat survive: a connection that was lost while idle, a server that is briefly busy. */
    static final RetryConfig BRIEFLY = RetryConfig.custom()
            .maxAttempts(3)
            .intervalFunction(
                    IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(50), 2, 0.5, Duration.ofMillis(200)))
            .retryOnException(failure -> !(failure instanceof IllegalArgumentException))
            .build();

    private final FlagStore store;
    private final FlagName write;
    private final FlagName read;
    private final Retry retry = Retry.of(
            "reading the flags",
            RetryConfig.from(BRIEFLY)
                    .retryOnException(FlagStoreException.class::isInstance)
                    .build());

    FlagReader(FlagStore store, FlagName write, FlagName read) {
        if (write.name().equals(read.name())) {
            throw new IllegalArgumentException(
                    "the write and the read flag are both called " + write.name() + "; name two flags");
        }
        this.store = store;
        this.write = write;
        this.read = read;
    }

    /**
     * What the flags say now.
     *
     * @throws RuntimeException when that cannot be found out; the pair that hides new rows says nothing either
     */
    View read() {
        Map<String, Flag> flags = retry.executeSupplier(store::readAll);
        FlagPair pair = new FlagPair(
                write, read, Optional.ofNullable(flags.get(write.name())), Optional.ofNullable(flags.get(read.name())));
        return new View(
                pair,
                pair.stage()
                        .orElseThrow(
                                () -> new IllegalStateException("the flags send new rows where nobody reads: " + pair)),
                isOn(flags, Switch.FENCED),
                isOn(flags, Switch.RETURNING));
    }

    private static boolean isOn(Map<String, Flag> flags, String name) {
        Flag flag = flags.get(name);
        return flag != null && flag.enabled();
    }

    FlagName writeName() {
        return write;
    }

    FlagName readName() {
        return read;
    }
}
