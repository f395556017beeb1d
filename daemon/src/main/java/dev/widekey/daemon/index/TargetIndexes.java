package dev.widekey.daemon.index;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.OwnedTransaction;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.table.SecondaryIndex;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The target table's indexes on the server, and the statements that change them. Thread-safe.
 *
 * <p>A statement that changes a table commits by itself and cannot be part of an owned transaction. The fence stands beside it: the statement's connection is
 * opened first, then another connection reads the epoch and holds it until the statement is over. Whoever takes over ends the connections of earlier processes
 * and then raises the epoch. A connection opened before that is ended, and with it the statement, sent or not; one opened later finds the higher epoch, or
 * holds the lower one so that the taker waits. So no statement of a process that was replaced begins after the takeover, and one that had begun keeps the
 * table's metadata lock until it is over, for which the new owner's statement waits.
 */
final class TargetIndexes {
    private final Database target;
    private final Ownership ownership;
    private final String schema;
    private final String table;

    TargetIndexes(Database target, Ownership ownership, String schema, String table) {
        this.target = target;
        this.ownership = ownership;
        this.schema = schema;
        this.table = table;
    }

    /** A change of the table on a connection of its own, inside the fence. */
    interface Change<T> {
        T make(Connection own) throws SQLException, InterruptedException;
    }

    /** Makes a change as long as this process is the owner. */
    <T> T change(Change<T> change) throws SQLException, InterruptedException {
        try (Connection own = target.connect();
                OwnedTransaction fence = OwnedTransaction.begin(target, ownership)) {
            return change.make(own);
        }
    }

    /** What can be built late, as the table is now. */
    IndexPlan plan() throws SQLException {
        try (Connection connection = target.pool().getConnection()) {
            return IndexPlan.read(connection, schema, table);
        }
    }

    /** Whether the table has no row. */
    boolean isEmpty() throws SQLException {
        try (Connection connection = target.pool().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT 1 FROM " + name() + " LIMIT 1")) {
            return !row.next();
        }
    }

    /**
     * Which of the stored indexes are not there.
     *
     * @throws HaltException when one is there and not as it was
     */
    List<SecondaryIndex> missing(List<SecondaryIndex> stored) throws SQLException {
        List<SecondaryIndex> there;
        try (Connection connection = target.pool().getConnection()) {
            there = SecondaryIndex.read(connection, schema, table);
        }
        List<SecondaryIndex> missing = new ArrayList<>();
        for (SecondaryIndex index : stored) {
            Optional<SecondaryIndex> same = there.stream()
                    .filter(other -> other.name().equalsIgnoreCase(index.name()))
                    .findFirst();
            if (same.isEmpty()) {
                missing.add(index);
            } else if (!same.get().definition().equals(index.definition())) {
                throw new HaltException(
                        HaltException.Reason.SCHEMA_CHANGED,
                        "the index " + index.name() + " of the target table was " + index.definition() + " and is "
                                + same.get().definition() + "; make it as it was, or drop it, then start again");
            }
        }
        return missing;
    }

    /** The statement that drops indexes. */
    String dropping(List<SecondaryIndex> indexes) {
        return "ALTER TABLE " + name() + " "
                + indexes.stream()
                        .map(index -> "DROP KEY " + index.quotedName())
                        .collect(Collectors.joining(", "));
    }

    /** The statement that makes indexes in one pass over the table, with further clauses. */
    String adding(List<SecondaryIndex> indexes, String how) {
        return "ALTER TABLE " + name() + " "
                + indexes.stream().map(index -> "ADD " + index.definition()).collect(Collectors.joining(", ")) + how;
    }

    private String name() {
        return quoted(schema) + "." + quoted(table);
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
