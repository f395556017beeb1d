package dev.widekey.sandbox.csmh;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The application's two flags. Immutable.
 *
 * @param extended history rows are written to the extended table, and reads cover it
 * @param multiple reads cover the old table
 */
public record Flags(boolean extended, boolean multiple) {
    /** Name of the write flag. */
    public static final String WRITE = "ENABLE_CSMH_EXTENDED";

    /** Name of the read flag. */
    public static final String READ = "ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES";

    /** What holds when nobody has set anything. */
    public static final Flags DEFAULT = new Flags(false, true);

    /** The pairs an application is moved through, in order. */
    public static final List<Flags> STAGES =
            List.of(new Flags(false, true), new Flags(true, true), new Flags(true, false));

    private static final int NO_SUCH_DATABASE = 1049;
    private static final int NO_SUCH_TABLE = 1146;

    /**
     * Reads both flags in one statement; a missing table or row means the default.
     *
     * @param connection to the target
     */
    public static Flags read(Connection connection, String stateSchema, String migration) throws SQLException {
        String query = "SELECT name, enabled FROM " + stateSchema + ".flag WHERE migration = ? AND name IN (?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, migration);
            statement.setString(2, WRITE);
            statement.setString(3, READ);
            Flags flags = DEFAULT;
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    boolean enabled = rows.getBoolean(2);
                    flags = rows.getString(1).equals(WRITE)
                            ? new Flags(enabled, flags.multiple())
                            : new Flags(flags.extended(), enabled);
                }
            }
            return flags;
        } catch (SQLException e) {
            if (e.getErrorCode() == NO_SUCH_TABLE || e.getErrorCode() == NO_SUCH_DATABASE) {
                return DEFAULT;
            }
            throw e;
        }
    }

    /** Whether the daemon has made the place where the flags are. */
    static boolean areStored(Connection target, String stateSchema) throws SQLException {
        try (PreparedStatement query = target.prepareStatement(
                "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = 'flag'")) {
            query.setString(1, stateSchema);
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }

    /** True when readers see neither table, which must never happen. */
    public boolean hideEverything() {
        return !extended && !multiple;
    }
}
