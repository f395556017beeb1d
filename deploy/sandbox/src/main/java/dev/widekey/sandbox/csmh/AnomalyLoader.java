package dev.widekey.sandbox.csmh;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes anomalies into the old table, with the checks switched off that did not exist when such rows came about. Used once. */
final class AnomalyLoader {
    private static final String INSERT = "INSERT INTO " + World.OLD_TABLE
            + " (id, student_module_id, version, created, state, grade, max_grade) VALUES (?, ?, ?, ?, ?, ?, ?)";

    private final World world;

    AnomalyLoader(World world) {
        this.world = world;
    }

    void load(Anomalies anomalies, Consumer<HistoryRow> loaded) throws SQLException {
        try (Connection connection = World.connection(world.source(), world.sourceSchema(), Map.of())) {
            try (Statement session = connection.createStatement()) {
                session.execute("SET SESSION foreign_key_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO'");
            }
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                for (HistoryRow row : anomalies.rows()) {
                    bind(insert, row);
                    insert.executeUpdate();
                    loaded.accept(row);
                }
            }
            connection.commit();
        }
    }

    private static void bind(PreparedStatement insert, HistoryRow row) throws SQLException {
        insert.setLong(1, row.id());
        insert.setLong(2, row.studentModule());
        insert.setBytes(3, bytes(row.version()));
        if (row.created().equals(HistoryRow.ZERO_DATE)) {
            insert.setString(4, "0000-00-00 00:00:00");
        } else {
            insert.setObject(4, row.created());
        }
        insert.setBytes(5, row.stateBytes());
        insert.setObject(6, row.grade());
        insert.setObject(7, row.maxGrade());
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
