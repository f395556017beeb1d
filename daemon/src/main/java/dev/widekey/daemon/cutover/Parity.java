package dev.widekey.daemon.cutover;

import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.parity.Difference;
import dev.widekey.backfill.parity.Findings;
import dev.widekey.backfill.parity.ParityCheck;
import dev.widekey.backfill.parity.Verdict;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.quarantine.Quarantine;
import dev.widekey.daemon.repair.DifferenceLog;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.Ownership;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Parity as evidence: compares, writes the verdict down with the position it holds for, and halts unless it is parity. A row that is in quarantine and
 * not on the target is counted apart; whether the application may be moved without it is for the gate to say.
 */
public final class Parity {
    private static final int NAMED = 20;

    /** The most differences that are stored. */
    private static final int STORED = 10_000;

    private final ParityCheck check;
    private final DifferenceLog found;
    private final Quarantine quarantine;
    private final MigrationRecord record;
    private final Ownership ownership;

    /** Wires it. */
    public Parity(
            ParityCheck check,
            DifferenceLog found,
            Quarantine quarantine,
            MigrationRecord record,
            Ownership ownership) {
        this.check = check;
        this.found = found;
        this.quarantine = quarantine;
        this.record = record;
        this.ownership = ownership;
    }

    /** Rows compared by the comparison that runs or ran last. */
    public long compared() {
        return check.compared();
    }

    /**
     * Compares every row of a scope.
     *
     * @param position up to which the stream is known to be applied
     * @return what was proven, in words; empty when a stop was asked for
     * @throws HaltException when rows differ, or when there was nothing to compare
     */
    public Optional<String> prove(KeyRange scope, Position position, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        Found differences = new Found(quarantine, STORED);
        Verdict verdict = check.compare(scope, differences, stopping);
        if (verdict instanceof Verdict.Stopped) {
            return Optional.empty();
        }
        if (verdict instanceof Verdict.Nothing) {
            write(scope.toString(), "NOTHING", 0, position, "");
            throw new HaltException(
                    HaltException.Reason.NOTHING_TO_COMPARE,
                    "neither table holds a row in " + scope
                            + ", so parity proves nothing; check the table names in the configuration");
        }
        if (verdict instanceof Verdict.Divergent divergent) {
            found.replace(ownership, differences.differences());
            write(scope.toString(), "DIVERGENT", divergent.rows(), position, list(differences.differences()));
            throw divergent(differences.differences(), STORED);
        }
        Verdict.Equal equal = (Verdict.Equal) verdict;
        found.replace(ownership, List.of());
        write(scope.toString(), "EQUAL", equal.rows(), position, equal.ranges() + " ranges" + differences.apart());
        return Optional.of("all " + equal.rows() + " rows in " + scope + " are equal" + differences.apart());
    }

    /**
     * Compares these keys.
     *
     * @return what was proven, in words
     * @throws HaltException when rows differ
     */
    public String prove(Collection<Long> keys, Position position, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        Found compared = new Found(quarantine, ParityCheck.DIFFERENCES_NAMED);
        check.compareKeys(keys, compared, stopping);
        List<Difference> differences = compared.differences();
        found.replace(ownership, differences);
        write("changed keys", differences.isEmpty() ? "EQUAL" : "DIVERGENT", keys.size(), position, list(differences));
        if (!differences.isEmpty()) {
            throw divergent(differences, ParityCheck.DIFFERENCES_NAMED);
        }
        return "all " + keys.size() + " keys changed since the full comparison are equal" + compared.apart();
    }

    /** Differences, and the rows in quarantine apart from them. */
    private static final class Found implements Findings {
        private static final String QUARANTINED = "quarantined";

        private final Quarantine quarantine;
        private final Findings.First first;
        private final AtomicLong apart = new AtomicLong();

        Found(Quarantine quarantine, int most) {
            this.quarantine = quarantine;
            this.first = Findings.first(most);
        }

        @Override
        public Optional<String> excuse(long key) throws SQLException {
            return quarantine.holds(key) ? Optional.of(QUARANTINED) : Optional.empty();
        }

        @Override
        public void excused(String why, long rows) {
            apart.addAndGet(rows);
        }

        @Override
        public void found(List<Difference> differences) {
            first.found(differences);
        }

        @Override
        public boolean isFull() {
            return first.isFull();
        }

        List<Difference> differences() {
            return first.differences();
        }

        String apart() {
            return apart.get() == 0 ? "" : ", but for " + apart.get() + " in quarantine";
        }
    }

    private void write(String scope, String verdict, long compared, Position position, String detail)
            throws SQLException {
        CrashPoint.BEFORE_VERDICT.reached();
        record.parity(ownership, scope, verdict, compared, position.toText(), detail);
        CrashPoint.AFTER_VERDICT.reached();
    }

    private static HaltException divergent(List<Difference> differences, int most) {
        return new HaltException(
                HaltException.Reason.DIVERGENT,
                "source and target differ in " + differences.size() + (differences.size() >= most ? " or more" : "")
                        + " keys: " + list(differences)
                        + "; the flags stay as they are. Find out who writes to the target, repair the rows (widekey fixup --last), then start again");
    }

    private static String list(List<Difference> differences) {
        return differences.stream().limit(NAMED).map(Difference::toString).collect(Collectors.joining(", "))
                + (differences.size() > NAMED ? ", ..." : "");
    }
}
