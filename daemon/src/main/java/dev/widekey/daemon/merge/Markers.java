package dev.widekey.daemon.merge;

import dev.widekey.backfill.Chunk;
import dev.widekey.cdc.Gtids;
import dev.widekey.daemon.state.CrashPoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The visibility wait without GTIDs: a row of the daemon's own, committed on the source.
 *
 * <p>Several chunks mark at once, so there are several rows. Thread-safe.
 */
final class Markers implements Visibility {
    private static final int SLOTS = 64;

    private final String schema;
    private final String migration;

    Markers(String schema, String migration) {
        this.schema = "`" + schema.replace("`", "``") + "`";
        this.migration = migration;
    }

    @Override
    public void prepare(Connection source) throws SQLException {
        CrashPoint.BEFORE_MARKER_TABLE.reached();
        try (Statement statement = source.createStatement()) {
            statement.execute("CREATE DATABASE IF NOT EXISTS " + schema);
            statement.execute("CREATE TABLE IF NOT EXISTS " + schema
                    + ".marker (migration VARCHAR(32) CHARACTER SET ascii NOT NULL, slot INT NOT NULL, marked_at DATETIME(6) NOT NULL,"
                    + " marks BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (migration, slot)) ENGINE=InnoDB");
        }
        CrashPoint.AFTER_MARKER_TABLE.reached();
    }

    @Override
    public void await(Connection source, Chunk chunk, Gtids delivered) throws SQLException {
        try (PreparedStatement mark = source.prepareStatement("INSERT INTO " + schema
                + ".marker (migration, slot, marked_at) VALUES (?, ?, NOW(6))"
                + " ON DUPLICATE KEY UPDATE marked_at = NOW(6), marks = marks + 1")) {
            mark.setString(1, migration);
            mark.setLong(2, chunk.number() % SLOTS);
            mark.executeUpdate();
        }
        CrashPoint.AFTER_MARKER.reached();
    }
}
