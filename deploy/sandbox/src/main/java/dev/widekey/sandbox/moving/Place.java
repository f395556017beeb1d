package dev.widekey.sandbox.moving;

import dev.widekey.sandbox.mysql.Server;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

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

    /** Where the two flags send the application. */
    record Stage(boolean writesToTarget, boolean readsSource) {
        static final Stage BEFORE = new Stage(false, true);

        boolean hidesEverything() {
            return !writesToTarget && !readsSource;
        }
    }

    /** Both flags in one statement; what is not stored is as before the migration. */
    Stage stage(Connection target) throws SQLException {
        try (PreparedStatement query = target.prepareStatement(
                "SELECT name, enabled FROM " + stateSchema + ".flag WHERE migration = ? AND name IN (?, ?)")) {
            query.setString(1, migration);
            query.setString(2, write);
            query.setString(3, read);
            Stage stage = Stage.BEFORE;
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    boolean on = row.getBoolean(2);
                    stage = row.getString(1).equals(write)
                            ? new Stage(on, stage.readsSource())
                            : new Stage(stage.writesToTarget(), on);
                }
            }
            return stage;
        } catch (SQLException failure) {
            if (failure.getErrorCode() == NO_SUCH_SCHEMA || failure.getErrorCode() == NO_SUCH_TABLE) {
                return Stage.BEFORE;
            }
            throw failure;
        }
    }

    String table(boolean onTarget) {
        return onTarget ? targetTable : sourceTable;
    }
}
