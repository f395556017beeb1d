package dev.widekey.sandbox.moving;

import dev.widekey.sandbox.mysql.Server;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the application's rows are and where it reads its flags. Immutable.
 *
 * @param sourceTable qualified
 * @param targetTable qualified
 * @param stateSchema of the flags, on the target
 * @param write name of the write flag; on means target
 * @param read name of the read flag; off means target alone
 */
public record Place(
        Server source,
        Server target,
        String sourceTable,
        String targetTable,
        String stateSchema,
        String migration,
        String write,
        String read) {

    private static final int NO_SUCH_SCHEMA = 1049;
    private static final int NO_SUCH_TABLE = 1146;

    /**
     * Where the flags send the application.
     *
     * @param writeVersion of the write flag, as far as it was ever stored
     */
    record Stage(
            boolean writesToTarget,
            boolean readsSource,
            boolean fenced,
            boolean returning,
            long writeVersion,
            long readVersion) {
        static final Stage BEFORE = new Stage(false, true, false, false, 0, 0);

        boolean hidesEverything() {
            return !writesToTarget && !readsSource;
        }

        /** Whether the target's row is the right one where both sides have it. */
        boolean targetWins() {
            return returning || (writesToTarget && (fenced || !readsSource));
        }

        /** Whether a read has to cover both sides. */
        boolean readsBoth() {
            return returning ? readsSource : writesToTarget && readsSource;
        }

        /** Whether old rows are on the other side than new ones. */
        boolean isSplit() {
            return targetWins() != writesToTarget;
        }
    }

    /** All flags in one statement; what is not stored is as before the migration. */
    Stage stage(Connection target) throws SQLException {
        try (PreparedStatement query = target.prepareStatement(
                "SELECT name, enabled, version FROM " + stateSchema + ".flag WHERE migration = ?")) {
            query.setString(1, migration);
            Map<String, Boolean> on = new HashMap<>();
            Map<String, Long> versions = new HashMap<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    on.put(row.getString(1), row.getBoolean(2));
                    versions.put(row.getString(1), row.getLong(3));
                }
            }
            return new Stage(
                    on.getOrDefault(write, false),
                    on.getOrDefault(read, true),
                    on.getOrDefault("widekey.fenced", false),
                    on.getOrDefault("widekey.returning", false),
                    versions.getOrDefault(write, 0L),
                    versions.getOrDefault(read, 0L));
        } catch (SQLException failure) {
            if (isTooEarly(failure)) {
                return Stage.BEFORE;
            }
            throw failure;
        }
    }

    /** A heartbeat of an instance that acts on these flags. */
    void acknowledge(Connection target, String instance, Stage acts, Duration lease) throws SQLException {
        try (PreparedStatement beat = target.prepareStatement(
                "INSERT INTO " + stateSchema
                        + ".instance (migration, name, write_version, read_version, lease_ms, beat, heard_at)"
                        + " VALUES (?, ?, ?, ?, ?, 1, UTC_TIMESTAMP(6)) AS now ON DUPLICATE KEY UPDATE write_version = now.write_version,"
                        + " read_version = now.read_version, lease_ms = now.lease_ms, beat = instance.beat + 1, heard_at = now.heard_at")) {
            beat.setString(1, migration);
            beat.setString(2, instance);
            beat.setLong(3, acts.writeVersion());
            beat.setLong(4, acts.readVersion());
            beat.setLong(5, lease.toMillis());
            beat.executeUpdate();
        } catch (SQLException failure) {
            if (!isTooEarly(failure)) {
                throw failure;
            }
        }
    }

    private static boolean isTooEarly(SQLException failure) {
        return failure.getErrorCode() == NO_SUCH_SCHEMA || failure.getErrorCode() == NO_SUCH_TABLE;
    }

    String table(boolean onTarget) {
        return onTarget ? targetTable : sourceTable;
    }
}
