package dev.widekey.daemon;

import dev.widekey.daemon.migration.Migration;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.repair.Passes;
import java.sql.SQLException;
import java.util.Optional;

/** Closed while a row is in quarantine that nobody has accepted. A quarantine that cannot be read is closed. */
final class QuarantineGate implements Migration.Gate {
    private final Quarantine quarantine;
    private final EntryLog entries;
    private final Passes passes;

    QuarantineGate(Quarantine quarantine, EntryLog entries, Passes passes) {
        this.quarantine = quarantine;
        this.entries = entries;
        this.passes = passes;
    }

    @Override
    public Optional<String> closed() {
        if (quarantine.isUntouched()) {
            return Optional.empty();
        }
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
