package dev.widekey.sandbox.csmh;

import dev.widekey.sandbox.mysql.Server;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * SQL statements from a file, in order. A statement ends with a semicolon at the end of a line; lines that start with two dashes are
 * comments. Immutable.
 *
 * @param statements the statements without their semicolons
 */
public record SqlScript(List<String> statements) {

    /** Keeps an unmodifiable copy. */
    public SqlScript {
        statements = List.copyOf(statements);
    }

    /** Splits a text into statements. */
    public static SqlScript parse(String text) {
        List<String> statements = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("--")) {
                continue;
            }
            current.append(line).append('\n');
            String stripped = line.stripTrailing();
            if (stripped.endsWith(";")) {
                String statement = current.toString().stripTrailing();
                statements.add(statement.substring(0, statement.length() - 1));
                current.setLength(0);
            }
        }
        if (!current.isEmpty()) {
            throw new IllegalArgumentException("a statement does not end with a semicolon: " + current);
        }
        return new SqlScript(statements);
    }

    /** Reads a file. */
    public static SqlScript read(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    /** Reads a resource that lies beside this class. */
    static SqlScript resource(String name) {
        try (InputStream in = SqlScript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + name);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the statements as the administrative account, without a default schema. */
    public void runOn(Server server) throws SQLException {
        server.execute(statements.toArray(String[]::new));
    }

    /** Runs the statements as the administrative account with a default schema. */
    public void runOn(Server server, String schema) throws SQLException {
        try (Connection connection = server.connect(schema);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
