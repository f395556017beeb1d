package dev.widekey.daemon.preflight;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who may empty a table past its fence: TRUNCATE fires no trigger, and takes the privilege DROP. Stateless. */
public final class TruncateCheck {
    private static final int ACCESS_DENIED = 1142;

    private TruncateCheck() {}

    /** A note for the operator; empty when nobody but administrators of the whole server may. */
    public static Optional<String> note(Connection connection, String schema, String table) throws SQLException {
        if (!seesOthers(connection)) {
            return Optional.of(
                    "who may TRUNCATE " + schema + "." + table
                            + ", which no fence stops, cannot be seen without SELECT on mysql.user; take DROP from the application's accounts before the cutover");
        }
        String sql =
                "SELECT grantee FROM information_schema.schema_privileges WHERE privilege_type = 'DROP' AND ? LIKE table_schema"
                        + " UNION SELECT grantee FROM information_schema.table_privileges WHERE privilege_type = 'DROP'"
                        + " AND table_schema = ? AND table_name = ? ORDER BY 1";
        List<String> grantees = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, schema);
            query.setString(2, schema);
            query.setString(3, table);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    grantees.add(row.getString(1));
                }
            }
        }
        return grantees.isEmpty()
                ? Optional.empty()
                : Optional.of("these accounts may TRUNCATE " + schema + "." + table + ", which no fence stops: "
                        + String.join(", ", grantees) + "; take DROP from them before the cutover");
    }

    /** The views of privileges show an account its own alone unless it may read the tables behind them. */
    private static boolean seesOthers(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT 1 FROM mysql.user LIMIT 1")) {
            query.execute();
            return true;
        } catch (SQLException failure) {
            if (failure.getErrorCode() == ACCESS_DENIED) {
                return false;
            }
            throw failure;
        }
    }
}
