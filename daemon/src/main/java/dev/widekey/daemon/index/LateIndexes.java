package dev.widekey.daemon.index;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.table.SecondaryIndex;
import io.github.resilience4j.retry.Retry;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The target's ordinary secondary indexes, dropped while it is empty and built after the copy. Their definitions are stored first. Everything here can be done
 * again after a crash at any line: what is stored and what is there decide what is left to do.
 *
 * <p>{@link #progress} for any thread; the rest for the migration's.
 */
public final class LateIndexes {
    private static final Logger log = LoggerFactory.getLogger(LateIndexes.class);

    private static final String ONLINE = ", ALGORITHM=INPLACE, LOCK=NONE";

    /** The index is what a foreign key rests on. */
    private static final int NEEDED_BY_FOREIGN_KEY = 1553;

    private final TargetIndexes indexes;
    private final LateIndexLog stored;
    private final Database target;
    private final boolean wanted;
    private final Retry retry;

    private volatile @Nullable IndexBuild running;

    /**
     * The late indexes of one migration.
     *
     * @param wanted whether indexes that are there are set aside; those that were are built in any case
     * @param retry for what fails for a passing reason; every one of these steps may be repeated
     */
    public LateIndexes(
            Database target,
            Ownership ownership,
            String schema,
            String table,
            LateIndexLog stored,
            boolean wanted,
            Retry retry) {
        this.target = target;
        this.indexes = new TargetIndexes(target, ownership, schema, table);
        this.stored = stored;
        this.wanted = wanted;
        this.retry = retry;
    }

    /**
     * Stores and drops the indexes of a target that is still empty, if that is wanted. Tries on the empty table that the server builds from the stored text what it
     * dropped, without blocking writers; when it does not, the indexes stay.
     */
    public void setAside() throws SQLException {
        if (wanted) {
            attempt(() -> {
                setAsideOnce();
                return true;
            });
        }
    }

    /** Whether any index has to be there before parity that may not be there yet. */
    public boolean areStored() throws SQLException {
        return !attempt(stored::read).isEmpty();
    }

    /**
     * Builds what is missing of the stored indexes and sees that all of them are as they were.
     *
     * @param giveUp asked again and again; may throw
     * @return what was done; empty when {@code giveUp} became true first
     * @throws HaltException when they cannot be built, or one is not as it was
     */
    public Optional<String> build(BooleanSupplier giveUp) throws SQLException, InterruptedException {
        List<SecondaryIndex> all = attempt(stored::read);
        IndexBuild build = new IndexBuild(target, indexes);
        running = build;
        try {
            List<SecondaryIndex> missing = attempt(() -> indexes.missing(all));
            String detail = missing.isEmpty()
                    ? "the late indexes are there"
                    : "built " + missing.size() + " late indexes: " + IndexPlan.names(missing);
            while (!missing.isEmpty()) {
                if (!build.attempt(missing, giveUp)) {
                    return Optional.empty();
                }
                missing = attempt(() -> indexes.missing(all));
            }
            CrashPoint.AFTER_INDEXES_BUILT.reached();
            return Optional.of(detail);
        } finally {
            running = null;
        }
    }

    /** How far the building is; empty while nothing is built. */
    public Optional<String> progress() {
        return Optional.ofNullable(running).map(IndexBuild::progress);
    }

    private void setAsideOnce() throws SQLException, InterruptedException {
        IndexPlan plan = indexes.plan();
        if (!indexes.isEmpty()) {
            log.warn("the target table has rows; its secondary indexes stay");
            return;
        }
        if (!plan.late().isEmpty()) {
            log.info("{}", plan.text());
            CrashPoint.BEFORE_LATE_INDEXES.reached();
            stored.write(plan.late());
            CrashPoint.AFTER_LATE_INDEXES.reached();
        }
        // With what an earlier process has stored, and perhaps dropped.
        List<SecondaryIndex> all = stored.read();
        if (all.isEmpty()) {
            log.info("{}", plan.text());
            return;
        }
        if (!plan.late().isEmpty() && !drop(plan.late())) {
            return;
        }
        List<SecondaryIndex> missing = indexes.missing(all);
        if (!missing.isEmpty() && tried(missing)) {
            CrashPoint.LATE_INDEXES_TRIED.reached();
            drop(missing);
            CrashPoint.LATE_INDEXES_DROPPED.reached();
            log.info("dropped until the copy is done: {}", IndexPlan.names(missing));
        }
    }

    private boolean drop(List<SecondaryIndex> those) throws SQLException, InterruptedException {
        try {
            execute(indexes.dropping(those));
            return true;
        } catch (SQLException refused) {
            if (refused.getErrorCode() != NEEDED_BY_FOREIGN_KEY) {
                throw refused;
            }
            log.warn("the secondary indexes stay, a foreign key needs one: {}", refused.getMessage());
            return false;
        }
    }

    /** Makes indexes of the empty table again the way they will be made, and looks whether they are as they were. */
    private boolean tried(List<SecondaryIndex> missing) throws SQLException, InterruptedException {
        boolean online = true;
        try {
            try {
                execute(indexes.adding(missing, ONLINE));
            } catch (SQLException refused) {
                if (!IndexBuild.isRefusalOfTheWay(refused)) {
                    throw refused;
                }
                online = false;
                log.warn(
                        "the secondary indexes stay, they cannot be built while rows are written: {}",
                        refused.getMessage());
                execute(indexes.adding(missing, ""));
            }
        } catch (SQLException failure) {
            throw IndexBuild.judged(failure);
        }
        if (!indexes.missing(missing).isEmpty()) {
            throw new HaltException(
                    HaltException.Reason.SCHEMA_CHANGED,
                    "somebody else changes the indexes of the target table; see that nobody does, then start again");
        }
        return online;
    }

    private void execute(String change) throws SQLException, InterruptedException {
        indexes.change(own -> {
            try (Statement statement = own.createStatement()) {
                return statement.execute(change);
            }
        });
    }

    private <T> T attempt(Callable<T> work) throws SQLException {
        try {
            return retry.executeCallable(work);
        } catch (SQLException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new SQLException("the target's indexes cannot be read or changed", failure);
        }
    }
}
