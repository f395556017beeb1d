package dev.widekey.daemon.cutover;

import dev.widekey.backfill.parity.Difference;
import dev.widekey.backfill.parity.Findings;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The first differences of a comparison, and the rows in quarantine apart from them. Thread-safe. */
final class Found implements Findings {
    private static final String QUARANTINED = "in quarantine";

    private final Parity.Apart apart;
    private final Findings.First first;
    private final Parity.Progress progress;
    private final AtomicLong rowsApart = new AtomicLong();

    Found(Parity.Apart apart, int most, Parity.Progress progress) {
        this.apart = apart;
        this.first = Findings.first(most);
        this.progress = progress;
    }

    @Override
    public Optional<String> excuse(long key) throws SQLException {
        return apart.holds(key) ? Optional.of(QUARANTINED) : Optional.empty();
    }

    @Override
    public void excused(String why, long rows) {
        rowsApart.addAndGet(rows);
    }

    @Override
    public void equalUpTo(long key, long rows) throws SQLException {
        progress.equalUpTo(key, rows);
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

    /** What is to be said of the rows apart; empty when there are none. */
    String apart() {
        return rowsApart.get() == 0 ? "" : ", but for " + rowsApart.get() + " " + QUARANTINED;
    }
}
