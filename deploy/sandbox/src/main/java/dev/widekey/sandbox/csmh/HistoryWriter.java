package dev.widekey.sandbox.csmh;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Transactions on the history that leave a true entry in the ledger whatever happens: acknowledged, failed or unknown. After an
 * exception the connection must be closed. Not thread-safe.
 */
final class HistoryWriter {
    private final Ledger ledger;
    private final Tally tally;

    HistoryWriter(Ledger ledger, Tally tally) {
        this.ledger = ledger;
        this.tally = tally;
    }

    /** One or more statements, or a wait. */
    interface Step {
        Step NONE = () -> {};

        void run() throws SQLException;
    }

    /**
     * Inserts rows in one transaction and returns them with their keys.
     *
     * @param amendment replaces the last row's content before the commit; none or one
     * @param before runs first in the transaction
     * @param between runs after each insert
     * @param atEnd runs before the commit
     */
    List<HistoryRow> insert(
            Connection connection,
            Side side,
            List<HistoryRow> drafts,
            List<HistoryRow> amendment,
            Step before,
            Step between,
            Step atEnd)
            throws SQLException {
        List<HistoryRow> rows = new ArrayList<>();
        boolean committing = false;
        try {
            before.run();
            for (HistoryRow draft : drafts) {
                rows.add(draft.withId(HistorySql.insert(connection, side, draft)));
                between.run();
            }
            for (HistoryRow amended : amendment) {
                int last = rows.size() - 1;
                HistoryRow row = amended.withId(rows.get(last).id());
                HistorySql.update(connection, side, row);
                rows.set(last, row);
            }
            atEnd.run();
            committing = true;
            connection.commit();
        } catch (SQLException e) {
            for (HistoryRow row : rows) {
                if (committing) {
                    ledger.unknown(side, row);
                } else {
                    ledger.failed(side, row);
                }
            }
            throw e;
        }
        rows.forEach(row -> ledger.inserted(side, row));
        tally.written(side, rows.size());
        return rows;
    }

    /** Inserts rows and takes them back. */
    void insertAndRollBack(Connection connection, Side side, List<HistoryRow> drafts) throws SQLException {
        for (HistoryRow draft : drafts) {
            ledger.failed(side, draft.withId(HistorySql.insert(connection, side, draft)));
        }
        connection.rollback();
        tally.rolledBack.incrementAndGet();
    }

    /** Replaces an acknowledged row's content. */
    void update(Connection connection, Side side, HistoryRow row) throws SQLException {
        change(connection, List.of(row.id()), () -> HistorySql.update(connection, side, row));
        ledger.updated(row);
    }

    /** Deletes acknowledged rows by statements of the caller's, which may reach further than this connection. */
    void delete(Connection connection, List<Long> ids, Step step) throws SQLException {
        change(connection, ids, step);
        ids.forEach(ledger::deleted);
    }

    private void change(Connection connection, List<Long> ids, Step step) throws SQLException {
        ids.forEach(ledger::changing);
        boolean committing = false;
        try {
            step.run();
            committing = true;
            connection.commit();
        } catch (SQLException e) {
            for (long id : ids) {
                if (committing) {
                    ledger.unknown(id);
                } else {
                    ledger.unchanged(id);
                }
            }
            throw e;
        }
    }
}
