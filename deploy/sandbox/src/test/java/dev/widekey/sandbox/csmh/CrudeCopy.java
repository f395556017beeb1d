package dev.widekey.sandbox.csmh;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** Stands in for the daemon: makes the extended table's part below a key equal to the old table, while nobody writes there. */
final class CrudeCopy {

    private CrudeCopy() {}

    static void run(World world, long firstNewId) throws SQLException {
        String table = world.targetSchema() + "." + World.EXTENDED_TABLE;
        try (Connection target = world.target().connect();
                HistoryRows rows = HistoryRows.open(world.source(), world.sourceSchema(), World.OLD_TABLE);
                Statement statement = target.createStatement();
                PreparedStatement insert = target.prepareStatement(
                        "INSERT INTO " + table
                                + " (id, student_module_id, version, created, state, grade, max_grade) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            statement.execute("DELETE FROM " + table + " WHERE id < " + firstNewId);
            target.setAutoCommit(false);
            for (HistoryRow row = rows.next(); row != null; row = rows.next()) {
                insert.setLong(1, row.id());
                insert.setLong(2, row.studentModule());
                insert.setNull(3, java.sql.Types.VARCHAR);
                insert.setObject(4, row.created());
                insert.setBytes(5, row.stateBytes());
                insert.setObject(6, row.grade());
                insert.setObject(7, row.maxGrade());
                insert.executeUpdate();
            }
            target.commit();
        }
        world.target().execute("ALTER TABLE " + table + " AUTO_INCREMENT = " + firstNewId);
    }
}
