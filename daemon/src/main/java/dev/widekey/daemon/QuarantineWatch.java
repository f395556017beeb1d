package dev.widekey.daemon;

import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.quarantine.Quarantine;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the rows in quarantine for whoever observes the migration. */
final class QuarantineWatch implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(QuarantineWatch.class);

    private final Quarantine quarantine;
    private final EntryLog entries;
    private volatile Optional<EntryLog.Counts> counts = Optional.of(EntryLog.Counts.NONE);

    QuarantineWatch(Quarantine quarantine, EntryLog entries) {
        this.quarantine = quarantine;
        this.entries = entries;
    }

    /** As they were counted last; empty when they cannot be counted. */
    Optional<EntryLog.Counts> counts() {
        return counts;
    }

    @Override
    public void run() {
        if (quarantine.isUntouched()) {
            return;
        }
        try {
            counts = Optional.of(entries.counts());
        } catch (SQLException failure) {
            counts = Optional.empty();
            log.warn("the quarantine cannot be counted: {}", failure.getMessage());
        }
    }
}
