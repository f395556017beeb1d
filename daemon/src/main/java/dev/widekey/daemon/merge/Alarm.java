package dev.widekey.daemon.merge;

import dev.widekey.daemon.state.HaltException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The first failure of any thread of the migration. Whoever waits for something looks here, so no wait outlives its reason. Thread-safe. */
public final class Alarm {
    private final AtomicReference<@Nullable HaltException> first = new AtomicReference<>();

    /** Keeps the failure if it is the first; a later one is attached to it. */
    public void raise(HaltException failure) {
        if (!first.compareAndSet(null, failure)) {
            HaltException kept = first.get();
            if (kept != null && kept != failure) {
                kept.addSuppressed(failure);
            }
        }
    }

    /** Throws the first failure, if there is one. */
    public void check() {
        HaltException failure = first.get();
        if (failure != null) {
            throw failure;
        }
    }

    /** Whether a failure was raised. */
    public boolean isRaised() {
        return first.get() != null;
    }
}
