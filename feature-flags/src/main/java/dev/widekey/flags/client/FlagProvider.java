package dev.widekey.flags.client;

import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.EventProvider;
import dev.openfeature.sdk.ImmutableMetadata;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.ProviderEventDetails;
import dev.openfeature.sdk.Reason;
import dev.openfeature.sdk.Value;
import dev.openfeature.sdk.exceptions.FlagNotFoundError;
import dev.openfeature.sdk.exceptions.GeneralError;
import dev.openfeature.sdk.exceptions.ProviderNotReadyError;
import dev.openfeature.sdk.exceptions.TypeMismatchError;
import dev.widekey.flags.Flag;
import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagPair;
import dev.widekey.flags.FlagStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An OpenFeature provider of the application's two flags, by the specification of OpenFeature 0.8. Its flags are boolean; any other
 * type is a type mismatch, any other flag is not found.
 *
 * <p>It reads the flags again and again. READY: they are read. STALE: the last read failed, the values before it are given, with the
 * reason {@code STALE}. ERROR: no read has succeeded for the patience; evaluation fails with GENERAL, so that the caller
 * gets its default together with an error code. CONFIGURATION_CHANGED names the flags that were written.
 *
 * <p>It acknowledges nothing: it cannot know when what was decided by a flag is over. An application that goes by it alone is
 * moved by a fence, or by a cutover whose end is assumed. Before a write it looks at the error code of the evaluation's
 * details: the default of an evaluation that failed is no answer.
 *
 * <p>Thread-safe. Needs {@code dev.openfeature:sdk}, which an application brings itself.
 */
public final class FlagProvider extends EventProvider {

    private static final String STALE = "STALE";

    private final FlagReader reader;
    private final Duration refresh;
    private final Duration patience;
    private final LongSupplier nanoTime;
    private final Background thread = new Background("widekey-openfeature");
    private volatile Known known = new Known(null, 0, State.NOT_READY);

    private enum State {
        NOT_READY,
        READY,
        STALE,
        ERROR
    }

    /**
     * Replaced as a whole, so that an evaluation never waits for a read.
     *
     * @param since when the last read that succeeded began
     */
    private record Known(@Nullable View view, long since, State state) {}

    /**
     * @param refresh time between two reads
     * @param patience how long values are given that cannot be confirmed
     */
    public FlagProvider(FlagStore store, FlagName write, FlagName read, Duration refresh, Duration patience) {
        this(new FlagReader(store, write, read), refresh, patience, System::nanoTime);
    }

    FlagProvider(FlagReader reader, Duration refresh, Duration patience, LongSupplier nanoTime) {
        if (refresh.isNegative() || refresh.isZero() || refresh.compareTo(patience) > 0) {
            throw new IllegalArgumentException("refresh is positive and at most the patience, got " + refresh + " and "
                    + patience + "; refresh more often");
        }
        this.reader = reader;
        this.refresh = refresh;
        this.patience = patience;
        this.nanoTime = nanoTime;
    }

    @Override
    public Metadata getMetadata() {
        return () -> "widekey";
    }

    /**
     * Reads the flags, and goes on reading them even if that fails.
     *
     * @throws GeneralError when they could not be read; READY follows once they are
     */
    @Override
    public void initialize(EvaluationContext context) {
        thread.repeat(this::look, refresh);
        synchronized (this) {
            long begun = nanoTime.getAsLong();
            try {
                known = new Known(reader.read(), begun, State.READY);
            } catch (RuntimeException failure) {
                known = new Known(null, begun, State.ERROR);
                throw new GeneralError("the flags could not be read: " + failure.getMessage(), failure);
            }
        }
    }

    @Override
    public void shutdown() {
        thread.end();
        super.shutdown();
    }

    /** Reads the flags once and says what that changes. */
    synchronized void look() {
        Known before = known;
        long begun = nanoTime.getAsLong();
        try {
            View found = reader.read();
            known = new Known(found, begun, State.READY);
            if (before.state() != State.READY) {
                emitProviderReady(message("the flags are read again"));
            }
            List<String> changed = before.view() == null ? List.of() : changed(before.view(), found);
            if (!changed.isEmpty()) {
                emitProviderConfigurationChanged(
                        ProviderEventDetails.builder().flagsChanged(changed).build());
            }
        } catch (RuntimeException failure) {
            failed(before, String.valueOf(failure.getMessage()));
        }
    }

    private void failed(Known before, String why) {
        if (isOver(before) && before.state() != State.ERROR) {
            known = new Known(before.view(), before.since(), State.ERROR);
            emitProviderError(message(why));
        } else if (!isOver(before) && before.state() == State.READY) {
            known = new Known(before.view(), before.since(), State.STALE);
            emitProviderStale(message(why));
        }
    }

    private boolean isOver(Known before) {
        return before.view() == null || nanoTime.getAsLong() - before.since() > patience.toNanos();
    }

    @Override
    public ProviderEvaluation<Boolean> getBooleanEvaluation(String key, Boolean fallback, EvaluationContext context) {
        requireKnown(key);
        Known now = known;
        if (now.view() == null) {
            throw new ProviderNotReadyError("the flags have not been read yet");
        }
        // The time counts, not the state: a read that hangs leaves the state as it is.
        if (isOver(now)) {
            throw new GeneralError("the flags could not be read for more than " + patience.toMillis() + " ms");
        }
        FlagPair pair = now.view().pair();
        boolean isWrite = key.equals(reader.writeName().name());
        FlagName name = isWrite ? reader.writeName() : reader.readName();
        Optional<Flag> flag = isWrite ? pair.write() : pair.read();
        boolean value = flag.map(Flag::enabled).orElse(name.defaultValue());
        String reason =
                flag.isEmpty() ? Reason.DEFAULT.name() : now.state() == State.STALE ? STALE : Reason.CACHED.name();
        return ProviderEvaluation.<Boolean>builder()
                .value(value)
                .variant(value ? "on" : "off")
                .reason(reason)
                .flagMetadata(ImmutableMetadata.builder()
                        .addLong("version", flag.map(Flag::version).orElse(0L))
                        .build())
                .build();
    }

    @Override
    public ProviderEvaluation<String> getStringEvaluation(String key, String fallback, EvaluationContext context) {
        throw mismatch(key, "a string");
    }

    @Override
    public ProviderEvaluation<Integer> getIntegerEvaluation(String key, Integer fallback, EvaluationContext context) {
        throw mismatch(key, "an integer");
    }

    @Override
    public ProviderEvaluation<Double> getDoubleEvaluation(String key, Double fallback, EvaluationContext context) {
        throw mismatch(key, "a double");
    }

    @Override
    public ProviderEvaluation<Value> getObjectEvaluation(String key, Value fallback, EvaluationContext context) {
        throw mismatch(key, "an object");
    }

    private TypeMismatchError mismatch(String key, String asked) {
        requireKnown(key);
        return new TypeMismatchError("flag " + key + " is boolean, not " + asked);
    }

    private void requireKnown(String key) {
        if (!key.equals(reader.writeName().name())
                && !key.equals(reader.readName().name())) {
            throw new FlagNotFoundError("there is no flag " + key + " here, only "
                    + reader.writeName().name() + " and " + reader.readName().name());
        }
    }

    private static List<String> changed(View before, View now) {
        List<String> changed = new ArrayList<>();
        if (!before.pair().write().equals(now.pair().write())) {
            changed.add(now.pair().writeName().name());
        }
        if (!before.pair().read().equals(now.pair().read())) {
            changed.add(now.pair().readName().name());
        }
        return changed;
    }

    private static ProviderEventDetails message(String text) {
        return ProviderEventDetails.builder().message(text).build();
    }
}
