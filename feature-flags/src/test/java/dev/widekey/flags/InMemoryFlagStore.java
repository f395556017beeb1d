package dev.widekey.flags;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Flags in memory, with the behaviour of the real store. A hook sees every access before and after it takes effect. */
public final class InMemoryFlagStore implements FlagStore {

    /** Where an access is. */
    public enum Moment {
        BEFORE_READ,
        BEFORE_WRITE,
        AFTER_WRITE
    }

    /** Runs at every moment; whatever it throws is what the caller of the store sees. */
    public interface Hook {
        void at(Moment moment);
    }

    private final Map<String, Flag> flags = new TreeMap<>();
    private final List<Flag> history = new ArrayList<>();
    private Hook hook = moment -> {};

    public void hook(Hook next) {
        hook = next;
    }

    @Override
    public Optional<Flag> read(String name) {
        hook.at(Moment.BEFORE_READ);
        synchronized (this) {
            return Optional.ofNullable(flags.get(name));
        }
    }

    @Override
    public Map<String, Flag> readAll() {
        hook.at(Moment.BEFORE_READ);
        synchronized (this) {
            return new LinkedHashMap<>(flags);
        }
    }

    @Override
    public synchronized List<Flag> history() {
        return List.copyOf(history);
    }

    @Override
    public Flag create(String name, boolean enabled, String owner, String reason) {
        return write(name, Optional.empty(), List.of(), Flag.first(name, enabled, owner, reason, Instant.EPOCH));
    }

    @Override
    public Flag compareAndSet(Flag expected, boolean enabled, String owner, String reason, List<Flag> unchanged) {
        Flag next = expected.next(enabled, owner, reason, Instant.EPOCH.plusSeconds(expected.version()));
        return write(expected.name(), Optional.of(expected), unchanged, next);
    }

    private Flag write(String name, Optional<Flag> expected, List<Flag> unchanged, Flag next) {
        hook.at(Moment.BEFORE_WRITE);
        synchronized (this) {
            unchanged.forEach(flag -> require(flag.name(), Optional.of(flag)));
            require(name, expected);
            flags.put(name, next);
            history.add(next);
        }
        hook.at(Moment.AFTER_WRITE);
        return next;
    }

    private void require(String name, Optional<Flag> expected) {
        Optional<Flag> found = Optional.ofNullable(flags.get(name));
        boolean same =
                expected.isPresent() ? found.filter(expected.get()::sameStateAs).isPresent() : found.isEmpty();
        if (!same) {
            throw new FlagConflictException(name, expected, found);
        }
    }
}
