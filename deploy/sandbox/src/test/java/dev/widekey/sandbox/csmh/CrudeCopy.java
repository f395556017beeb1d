package dev.widekey.sandbox.csmh;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Stands in for the daemon: makes the extended table's part below a key equal to the old table, which nobody can write meanwhile. */
public final class CrudeCopy {

    private CrudeCopy() {}

    /** Copies while nobody writes; the target's own rows begin at {@code firstNewId}. */
    public static void run(World world, long firstNewId) throws SQLException {
        String table = world.targetSchema() + "." + World.EXTENDED_TABLE;
        try (Connection lock = world.source().connect();
                Statement locking = lock.createStatement();
                Connection target = world.target().connect();
                Statement statement = target.createStatement();
                PreparedStatement insert = target.prepareStatement(
                        "INSERT INTO " + table
                                + " (id, student_module_id, version, created, state, grade, max_grade) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            statement.execute("DELETE FROM " + table + " WHERE id < " + firstNewId);
            target.setAutoCommit(false);
            locking.execute("LOCK TABLES " + world.sourceSchema() + "." + World.OLD_TABLE + " READ");
            try (HistoryRows rows = HistoryRows.open(world.source(), world.sourceSchema(), World.OLD_TABLE)) {
                for (HistoryRow row = rows.next(); row != null; row = rows.next()) {
                    insert.setLong(1, row.id());
                    insert.setLong(2, row.studentModule());
                    insert.setBytes(3, bytes(row.version()));
                    insert.setObject(4, row.created());
                    insert.setBytes(5, row.stateBytes());
                    insert.setObject(6, row.grade());
                    insert.setObject(7, row.maxGrade());
                    insert.executeUpdate();
                }
            }
            target.commit();
        }
        world.target().execute("ALTER TABLE " + table + " AUTO_INCREMENT = " + firstNewId);
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer text) {
        if (text == null) {
            return null;
        }
        byte[] copy = new byte[text.remaining()];
        text.duplicate().get(copy);
        return copy;
    }
}
