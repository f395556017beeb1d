package dev.widekey.sandbox.mysql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;

/**
 * A MySQL server with an administrative account: one started here, or one that somebody else runs.
 *
 * <p>Every connection uses TLS without checking the certificate, unless the server has none, and speaks UTC. Implementations are safe for use by several
 * threads; connections are not.
 */
public sealed interface Server extends AutoCloseable permits MySqlServer, ExternalServer, PlainServer {

    /** Host name or address to connect to. */
    String host();

    /** TCP port to connect to. */
    int port();

    /** The administrative account. */
    String user();

    /** Password of {@link #user()}. */
    String password();

    /** Connector/J's word for how connections are encrypted. */
    default String sslMode() {
        return "REQUIRED";
    }

    /** Ends the use of the server; a server started here is stopped and its data removed. Idempotent. */
    @Override
    void close();

    /** Opens a connection as the administrative account, without a default schema. */
    default Connection connect() throws SQLException {
        return connect(user(), password(), Map.of());
    }

    /** Opens a connection as the administrative account with a default schema. */
    default Connection connect(String schema) throws SQLException {
        Connection connection = connect();
        try {
            connection.setCatalog(schema);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Opens a connection as another account. */
    default Connection connect(String user, String password) throws SQLException {
        return connect(user, password, Map.of());
    }

    /**
     * Opens a connection.
     *
     * @param properties Connector/J properties, which win over the ones set here
     */
    default Connection connect(String user, String password, Map<String, String> properties) throws SQLException {
        Properties all = new Properties();
        all.setProperty("user", user);
        all.setProperty("password", password);
        all.setProperty("sslMode", sslMode());
        all.setProperty("allowPublicKeyRetrieval", "true");
        all.setProperty("connectTimeout", "10000");
        all.setProperty("connectionTimeZone", "UTC");
        all.setProperty("forceConnectionTimeZoneToSession", "true");
        all.putAll(properties);
        return DriverManager.getConnection("jdbc:mysql://" + host() + ":" + port() + "/", all);
    }

    /** Runs statements one after the other as the administrative account, on one connection. */
    default void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
