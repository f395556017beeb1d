package dev.widekey.daemon.cutover;

import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.parity.Difference;
import dev.widekey.backfill.parity.Findings;
import dev.widekey.backfill.parity.ParityCheck;
import dev.widekey.backfill.parity.Verdict;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.repair.DifferenceLog;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.Ownership;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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
    private final Apart apart;
    private final MigrationRecord record;
    private final Ownership ownership;
    private final Supplier<KeyRange> everything;

    /** The rows that need not be on both sides. A port. */
    public interface Apart {
        /** Whether the row with this key is one of them. */
        boolean holds(long key) throws SQLException;
    }

    /** Wires the parity of two tables in which nobody but the stream writes to the second. */
    public Parity(ParityCheck check, DifferenceLog found, Apart apart, MigrationRecord record, Ownership ownership) {
        this(check, found, apart, record, ownership, () -> KeyRange.ALL);
    }

    /**
     * Wires it.
     *
     * @param everything the keys a comparison of every row is about; the others are the application's own
     */
    public Parity(
            ParityCheck check,
            DifferenceLog found,
            Apart apart,
            MigrationRecord record,
            Ownership ownership,
            Supplier<KeyRange> everything) {
        this.everything = everything;
        this.check = check;
        this.found = found;
        this.apart = apart;
        this.record = record;
        this.ownership = ownership;
    }

    /** The keys a comparison of every row is about. */
    KeyRange everything() {
        return everything.get();
    }

    /** Rows compared by the comparison that runs or ran last. */
    public long compared() {
        return check.compared();
    }

    /**
     * What an earlier process proved of this comparison.
     *
     * @param changed the keys up to {@code upTo} whose rows were changed since; they are compared again
     */
    record Earlier(long upTo, long rows, long epoch, Collection<Long> changed) {}

    /** Is told how far a comparison of all rows is. */
    interface Progress {
        /** Every row up to this key is equal; not counting those that an earlier process compared. As {@link Findings#equalUpTo}. */
        void equalUpTo(long key, long rows) throws SQLException;
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
        return prove(scope, Optional.empty(), (key, rows) -> {}, position, stopping);
    }

    /**
     * Compares every row behind those that an earlier process found equal, and of these the changed ones.
     *
     * @param position up to which the stream is known to be applied
     * @return what was proven, in words; empty when a stop was asked for
     * @throws HaltException when rows differ, or when there was nothing to compare
     */
    Optional<String> prove(Optional<Earlier> earlier, Progress progress, Position position, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        if (earlier.isPresent()) {
            Found changed = findings(ParityCheck.DIFFERENCES_NAMED);
            check.compareKeys(earlier.get().changed(), changed, stopping);
            if (!changed.differences().isEmpty()) {
                refute("changed keys", earlier.get().changed().size(), changed.differences(), position, "");
            }
        }
        return prove(everything.get(), earlier, progress, position, stopping);
    }

    private Optional<String> prove(
            KeyRange scope, Optional<Earlier> earlier, Progress progress, Position position, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        long before = earlier.map(Earlier::rows).orElse(0L);
        KeyRange rest =
                earlier.map(proven -> new KeyRange(proven.upTo(), scope.upTo())).orElse(scope);
        Found findings = new Found(apart, STORED, progress);
        Verdict verdict = check.compare(rest, findings, stopping);
        if (verdict instanceof Verdict.Stopped) {
            return Optional.empty();
        }
        if (verdict instanceof Verdict.Nothing && before == 0) {
            write(scope.toString(), "NOTHING", 0, position, "");
            throw new HaltException(
                    HaltException.Reason.NOTHING_TO_COMPARE,
                    "neither table holds a row in " + scope
                            + ", so parity proves nothing; check the table names in the configuration");
        }
        if (verdict instanceof Verdict.Divergent divergent) {
            refute(scope.toString(), before + divergent.rows(), findings.differences(), position, "");
        }
        long rows = verdict instanceof Verdict.Equal equal ? equal.rows() : 0;
        long ranges = verdict instanceof Verdict.Equal equal ? equal.ranges() : 0;
        String resumed = earlier.map(proven -> ", those up to key " + proven.upTo() + " since epoch " + proven.epoch()
                        + " and the " + proven.changed().size() + " of them that changed since again")
                .orElse("");
        found.replace(ownership, List.of());
        write(scope.toString(), "EQUAL", before + rows, position, ranges + " ranges" + resumed + findings.apart());
        return Optional.of("all " + (before + rows) + " rows in " + scope + " are equal" + resumed + findings.apart());
    }

    /**
     * Halts because of differences that were found in the background.
     *
     * @param compared rows compared until then
     */
    void refuteInBackground(long compared, List<Difference> differences, Position position) throws SQLException {
        refute("background", compared, differences, position, " (found in the background, so there may be more)");
    }

    private void refute(String scope, long compared, List<Difference> differences, Position position, String remark)
            throws SQLException {
        found.replace(ownership, differences);
        write(scope, "DIVERGENT", compared, position, list(differences));
        throw divergent(differences, STORED, remark);
    }

    /** A place for differences of a comparison that this one has nothing else to do with. */
    Found findings(int most) {
        return new Found(apart, most, (key, rows) -> {});
    }

    /**
     * Compares these keys.
     *
     * @return what was proven, in words
     * @throws HaltException when rows differ
     */
    public String prove(Collection<Long> keys, Position position, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        Found compared = findings(ParityCheck.DIFFERENCES_NAMED);
        check.compareKeys(keys, compared, stopping);
        List<Difference> differences = compared.differences();
        found.replace(ownership, differences);
        write("changed keys", differences.isEmpty() ? "EQUAL" : "DIVERGENT", keys.size(), position, list(differences));
        if (!differences.isEmpty()) {
            throw divergent(differences, ParityCheck.DIFFERENCES_NAMED, "");
        }
        return "all " + keys.size() + " keys changed since the full comparison are equal" + compared.apart();
    }

    private void write(String scope, String verdict, long compared, Position position, String detail)
            throws SQLException {
        CrashPoint.BEFORE_VERDICT.reached();
        record.parity(ownership, scope, verdict, compared, position.toText(), detail);
        CrashPoint.AFTER_VERDICT.reached();
    }

    private static HaltException divergent(List<Difference> differences, int most, String remark) {
        return new HaltException(
                HaltException.Reason.DIVERGENT,
                "source and target differ in " + differences.size() + (differences.size() >= most ? " or more" : "")
                        + " keys" + remark + ": " + list(differences)
                        + "; the flags stay as they are. Find out who writes to the target, repair the rows (widekey fixup --last), then start again");
    }

    private static String list(List<Difference> differences) {
        return differences.stream().limit(NAMED).map(Difference::toString).collect(Collectors.joining(", "))
                + (differences.size() > NAMED ? ", ..." : "");
    }
}
