package dev.widekey.flags;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application's flags in an {@link Outlet}, with a journal that keeps version, owner, reason and history. All other flags
 * live in the journal alone and know nothing of the outlet.
 *
 * <p><b>Reading</b> gives the value the application sees, in the journal's version. Where the two disagree somebody else set the
 * flag, or a write was cut off between them; owner and reason then say so. A flag the journal has never written is absent.
 *
 * <p><b>Writing</b> looks at the outlet, writes the journal by compare-and-set (the intent), asks the fence once more, writes the
 * outlet and reads it back. A write that is cut off in between leaves a journal that is ahead: what the application sees has not
 * changed, and the same step done again finishes it. Until then no other flag that rests on this one can be written, since a flag
 * on which journal and outlet disagree counts as changed. So the forbidden pair is not written by two steps in opposite
 * directions either, wherever each of them stands.
 *
 * <p>The outlet itself takes part in no transaction. A request that was sent before another process took over and that arrives
 * after that process's own writes is not kept out; it is seen at the next read.
 *
 * <p>{@link FlagStoreException} from a write means that what the application sees has not changed, though the journal may be
 * ahead. Thread-safe when journal and outlet are.
 */
public final class RelayedFlagStore implements FlagStore {

    private static final Logger LOG = LoggerFactory.getLogger(RelayedFlagStore.class);

    private final FlagStore journal;
    private final Fence fence;
    private final Outlet outlet;
    private final Map<String, FlagName> relayed = new LinkedHashMap<>();
    private final Duration maxAge;
    private final LongSupplier nanoTime;

    private volatile @Nullable Look last;
    private volatile Optional<String> waitsFor = Optional.empty();

    /** Says whether this process may still write. */
    @FunctionalInterface
    public interface Fence {

        /** Returns when it may; an unchecked exception reaches the caller of the store as it is. */
        void check() throws SQLException;
    }

    private record Look(Map<String, Boolean> values, long at) {}

    /**
     * Relays some flags.
     *
     * @param fence asked right before every write to the outlet
     * @param flags those that live in the outlet, with the application's defaults
     * @param maxAge how old the values of a mere read may be, for an outlet that must not be asked often; writes always look anew
     */
    public RelayedFlagStore(
            FlagStore journal,
            Fence fence,
            Outlet outlet,
            Collection<FlagName> flags,
            Duration maxAge,
            LongSupplier nanoTime) {
        this.journal = journal;
        this.fence = fence;
        this.outlet = outlet;
        flags.forEach(flag -> relayed.put(flag.name(), flag));
        this.maxAge = maxAge;
        this.nanoTime = nanoTime;
    }

    /** What somebody has to do or wait for until the outlet holds what was written; empty when there is nothing. */
    public Optional<String> waitsFor() {
        return waitsFor;
    }

    @Override
    public Optional<Flag> read(String name) {
        Optional<Flag> row = journal.read(name);
        return row.isPresent() && relayed.containsKey(name) ? Optional.of(seen(row.get(), recent())) : row;
    }

    @Override
    public Map<String, Flag> readAll() {
        Map<String, Flag> rows = journal.readAll();
        if (rows.keySet().stream().noneMatch(relayed::containsKey)) {
            return rows;
        }
        Map<String, Boolean> values = recent();
        Map<String, Flag> flags = new LinkedHashMap<>(rows);
        flags.replaceAll((name, row) -> relayed.containsKey(name) ? seen(row, values) : row);
        return flags;
    }

    @Override
    public List<Flag> history() {
        return journal.history();
    }

    @Override
    public Flag create(String name, boolean enabled, String owner, String reason) {
        if (!relayed.containsKey(name)) {
            return journal.create(name, enabled, owner, reason);
        }
        Map<String, Boolean> values = look();
        Optional<Flag> row = journal.read(name);
        if (row.isPresent()) {
            throw new FlagConflictException(name, Optional.empty(), Optional.of(seen(row.get(), values)));
        }
        Optional<Boolean> there = Optional.ofNullable(values.get(name));
        if (there.isPresent() && there.get() != enabled) {
            Flag found = new Flag(name, there.get(), 1, somebody(), "it was set before the migration", Instant.EPOCH);
            throw new FlagConflictException(name, Optional.empty(), Optional.of(found));
        }
        Flag intent = journal.create(name, enabled, owner, reason);
        carryOut(intent, values);
        return intent;
    }

    @Override
    public Flag compareAndSet(Flag expected, boolean enabled, String owner, String reason, List<Flag> unchanged) {
        boolean isRelayed = relayed.containsKey(expected.name());
        if (!isRelayed && unchanged.stream().map(Flag::name).noneMatch(relayed::containsKey)) {
            return journal.compareAndSet(expected, enabled, owner, reason, unchanged);
        }
        Map<String, Boolean> values = look();
        Map<String, Flag> rows = journal.readAll();
        List<Flag> settled =
                unchanged.stream().map(flag -> settled(flag, rows, values)).toList();
        Flag row = asExpected(expected, rows, values);
        if (!isRelayed) {
            return journal.compareAndSet(row, enabled, owner, reason, settled);
        }
        // A step that is repeated while it waits is one write in the history, however often it is repeated.
        boolean isRepeated = value(row.name(), values) != enabled && says(row, enabled, owner, reason);
        Flag intent = isRepeated ? row : journal.compareAndSet(row, enabled, owner, reason, settled);
        carryOut(intent, values);
        return intent;
    }

    private static boolean says(Flag row, boolean enabled, String owner, String reason) {
        Flag same = row.next(enabled, owner, reason, row.changedAt());
        return row.enabled() == enabled
                && row.owner().equals(owner)
                && row.reason().equals(same.reason());
    }

    /** The journal's row of a flag that is as the caller saw it. */
    private Flag asExpected(Flag expected, Map<String, Flag> rows, Map<String, Boolean> values) {
        Optional<Flag> row = Optional.ofNullable(rows.get(expected.name()));
        Optional<Flag> found = row.map(flag -> seen(flag, values));
        if (found.filter(expected::sameStateAs).isEmpty()) {
            throw new FlagConflictException(expected.name(), Optional.of(expected), found);
        }
        return row.orElseThrow();
    }

    /** The same, of a flag that nobody is about to change: journal and outlet agree. */
    private Flag settled(Flag expected, Map<String, Flag> rows, Map<String, Boolean> values) {
        Flag row = asExpected(expected, rows, values);
        if (row.enabled() != expected.enabled()) {
            throw new FlagConflictException(expected.name(), Optional.of(expected), Optional.of(row));
        }
        return row;
    }

    private void carryOut(Flag intent, Map<String, Boolean> before) {
        if (Optional.of(intent.enabled()).equals(Optional.ofNullable(before.get(intent.name())))) {
            return;
        }
        requireCurrent(intent);
        try {
            last = null;
            outlet.write(intent.name(), intent.enabled());
        } catch (OutletException failure) {
            settle(intent, failure);
            return;
        }
        if (!shows(intent, Optional.empty())) {
            throw ambiguous(
                    intent,
                    new OutletException(OutletException.Kind.LOST, outlet + " took the value and does not show it"));
        }
        LOG.info("Flag {} is {} in {}", intent.name(), intent.enabled(), outlet);
    }

    /** Right before the outlet, which checks nothing itself: this process is still the owner, and the intent still the last word. */
    private void requireCurrent(Flag intent) {
        try {
            fence.check();
        } catch (SQLException failure) {
            throw new FlagStoreException(
                    "flag " + intent.name() + " was not written to " + outlet + ": the owner cannot be read", failure);
        }
        Optional<Flag> row = journal.read(intent.name());
        if (row.filter(intent::sameStateAs).isEmpty()) {
            throw new FlagConflictException(intent.name(), Optional.of(intent), row);
        }
    }

    private void settle(Flag intent, OutletException failure) {
        if (failure.kind() == OutletException.Kind.WAITING) {
            waitsFor = Optional.ofNullable(failure.getMessage());
            throw ambiguous(intent, failure);
        }
        if (shows(intent, Optional.of(failure))) {
            LOG.warn(
                    "Flag {} is {} in {}, although the write ended with: {}",
                    intent.name(),
                    intent.enabled(),
                    outlet,
                    failure.getMessage());
            return;
        }
        if (failure.mayHaveHappened()) {
            throw ambiguous(intent, failure);
        }
        throw new FlagStoreException(
                "flag " + intent.name() + " was not set to " + intent.enabled() + " in " + outlet + ": "
                        + failure.getMessage(),
                failure);
    }

    private boolean shows(Flag intent, Optional<OutletException> failed) {
        try {
            Map<String, Boolean> values = outlet.read(relayed.keySet());
            last = new Look(values, nanoTime.getAsLong());
            waitsFor = Optional.empty();
            return value(intent.name(), values) == intent.enabled();
        } catch (OutletException unread) {
            failed.ifPresent(unread::addSuppressed);
            throw ambiguous(intent, unread);
        }
    }

    private static AmbiguousFlagException ambiguous(Flag intent, OutletException failure) {
        return new AmbiguousFlagException(intent, String.valueOf(failure.getMessage()), failure);
    }

    private Flag seen(Flag row, Map<String, Boolean> values) {
        boolean value = value(row.name(), values);
        if (value == row.enabled()) {
            return row;
        }
        String reason = "the journal says " + row.enabled() + ", by " + row.owner();
        return new Flag(row.name(), value, row.version(), somebody(), reason, row.changedAt());
    }

    private String somebody() {
        String who = "somebody in " + outlet;
        return who.length() <= Flag.MAX_OWNER ? who : who.substring(0, Flag.MAX_OWNER);
    }

    private boolean value(String name, Map<String, Boolean> values) {
        Boolean value = values.get(name);
        return value != null ? value : Objects.requireNonNull(relayed.get(name)).defaultValue();
    }

    private Map<String, Boolean> recent() {
        Look seen = last;
        return seen != null && nanoTime.getAsLong() - seen.at() < maxAge.toNanos() ? seen.values() : look();
    }

    private Map<String, Boolean> look() {
        try {
            long at = nanoTime.getAsLong();
            Map<String, Boolean> values = outlet.read(relayed.keySet());
            last = new Look(values, at);
            waitsFor = Optional.empty();
            return values;
        } catch (OutletException failure) {
            last = null;
            if (failure.kind() == OutletException.Kind.WAITING) {
                waitsFor = Optional.ofNullable(failure.getMessage());
            }
            throw new FlagStoreException(
                    "the application's flags cannot be read in " + outlet + ": " + failure.getMessage(), failure);
        }
    }
}
