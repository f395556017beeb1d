package dev.widekey.daemon.preflight;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * One of the two servers and the table there.
 *
 * @param role {@code source} or {@code target}
 * @param address host and port, for messages
 * @param connector opens connections as the daemon's account
 */
public record Side(String role, String address, Connector connector, String schema, String table) {

    /** Opens a connection; the caller closes it. */
    @FunctionalInterface
    public interface Connector {
        Connection connect() throws SQLException;
    }

    /** The side and its server, for messages. */
    String where() {
        return role + " " + address;
    }

    /** The side, its server and the table, for messages. */
    String whereTable() {
        return where() + " " + schema + "." + table;
    }

    /** The table's name as SQL. */
    String quoted() {
        return quoted(schema) + "." + quoted(table);
    }

    static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
