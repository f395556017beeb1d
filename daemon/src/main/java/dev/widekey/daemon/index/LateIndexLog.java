package dev.widekey.daemon.index;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.StateSchema;
import dev.widekey.daemon.table.SecondaryIndex;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The definitions of the indexes that are set aside: while they are dropped, these rows are all that is left of them. Nothing deletes them. Thread-safe.
 */
public final class LateIndexLog {
    private final Database target;
    private final StateSchema state;
    private final String migration;
    private final Ownership ownership;

    /** The definitions of one migration, written in this process's epoch. */
    public LateIndexLog(Database target, StateSchema state, String migration, Ownership ownership) {
        this.target = target;
        this.state = state;
        this.migration = migration;
        this.ownership = ownership;
    }

    /** What is stored, in the order of the table. */
    List<SecondaryIndex> read() throws SQLException {
        String sql =
                "SELECT definition FROM " + state.name("late_index") + " WHERE migration = ? ORDER BY number, name";
        try (Connection connection = target.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, migration);
            List<SecondaryIndex> indexes = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    String definition = row.getString(1);
                    indexes.add(SecondaryIndex.of(definition)
                            .orElseThrow(() -> new SQLException("the state holds no index: " + definition)));
                }
            }
            return indexes;
        }
    }

    /** Stores indexes that are there now. What is stored of others stays: an earlier process may have dropped them. */
    void write(List<SecondaryIndex> indexes) throws SQLException {
        String sql = "INSERT INTO " + state.name("late_index")
                + " (migration, name, number, definition) VALUES (?, ?, ?, ?) AS new"
                + " ON DUPLICATE KEY UPDATE number = new.number, definition = new.definition";
        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership);
                PreparedStatement insert = transaction.connection().prepareStatement(sql)) {
            for (int i = 0; i < indexes.size(); i++) {
                insert.setString(1, migration);
                insert.setString(2, indexes.get(i).name());
                insert.setInt(3, i);
                insert.setString(4, indexes.get(i).definition());
                insert.executeUpdate();
            }
            transaction.commit();
        }
    }
}
