package dev.widekey.daemon;

import dev.widekey.daemon.migration.Migration;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.repair.Passes;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Closed while a row is in quarantine that nobody has accepted. A quarantine that cannot be read is closed. Used by the migration's thread. */
final class QuarantineGate implements Migration.Gate {
    private static final long LOOK_AGAIN_NANOS = 1_000_000_000L;

    private final Quarantine quarantine;
    private final EntryLog entries;
    private final Passes passes;
    private final LongSupplier nanoTime;
    private Optional<String> closed = Optional.empty();
    private long lookedAt;

    QuarantineGate(Quarantine quarantine, EntryLog entries, Passes passes, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.quarantine = quarantine;
        this.entries = entries;
        this.passes = passes;
    }

    @Override
    public Optional<String> closed() {
        if (quarantine.isUntouched()) {
            return Optional.empty();
        }
        // Asked several times a second. That it was closed a moment ago is good enough; that it was open is not.
        if (closed.isEmpty() || nanoTime.getAsLong() - lookedAt >= LOOK_AGAIN_NANOS) {
            closed = look();
            lookedAt = nanoTime.getAsLong();
        }
        return closed;
    }

    private Optional<String> look() {
        try {
            return entries.open()
                    .map(open ->
                            open + (passes.isStuck() ? "; not converging: two passes in a row changed nothing" : "")
                                    + "; see widekey quarantine list");
        } catch (SQLException failure) {
            return Optional.of("the quarantine cannot be read: " + failure.getMessage());
        }
    }
}
