package dev.widekey.sandbox.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.UUID;

/**
 * A schema with a name nobody else uses, dropped when closed. Thread-safe.
 *
 * @param server where it lives
 * @param name its name, safe without quotes
 */
public record TestSchema(Server server, String name) implements AutoCloseable {

    /** Creates a schema whose name starts with the prefix. */
    public static TestSchema on(Server server, String prefix) throws SQLException {
        String name = prefix + "_" + UUID.randomUUID().toString().substring(0, 8);
        server.execute("CREATE DATABASE " + name);
        return new TestSchema(server, name);
    }

    /** Opens an administrative connection with this schema as the default. */
    public Connection connect() throws SQLException {
        return server.connect(name);
    }

    /** Runs statements with this schema as the default. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of the first row as text; empty when there is no row or the value is NULL. */
    public Optional<String> value(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
        }
    }

    @Override
    public void close() throws SQLException {
        server.execute("DROP DATABASE IF EXISTS " + name);
    }
}
