package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.HistoryRow;
import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.demo.DaemonFiles;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;

/**
 * Two servers, the tables on them and the daemon's files: what every round of a run shares. Used by one thread.
 *
 * @param source the server of the old table
 * @param target the server of the extended table
 * @param files the daemon's launcher and grants
 * @param folder where configurations and logs go
 */
public record Arena(MySqlServer source, MySqlServer target, DaemonFiles files, Path folder) {
    private static final int ROWS_AT_ONCE = 500;

    /** The names everybody agrees on. */
    public World world() {
        return World.edx(source, target);
    }

    /**
     * Replaces both tables by empty ones and takes away all state of the daemon.
     *
     * @param plainly whether the daemon has to come without TLS, as links that read along need it
     */
    public void clear(boolean plainly) throws SQLException, IOException {
        World world = world();
        world.create();
        files.createAccounts(world);
        String account = "ALTER USER 'widekey'@'%' IDENTIFIED WITH "
                + (plainly ? "mysql_native_password" : "caching_sha2_password") + " BY '" + DaemonFiles.PASSWORD
                + "' REQUIRE "
                + (plainly ? "NONE" : "SSL");
        source.execute(account);
        target.execute(account);
        for (MySqlServer server : List.of(source, target)) {
            // Many rounds would fill the disk with logs that nobody reads again.
            server.execute("FLUSH BINARY LOGS", "PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 DAY");
        }
        try (Connection connection = source.connect(world.sourceSchema());
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO auth_user (id, username) VALUES (1, 'student')");
            for (int module = 1; module <= Content.MODULES; module++) {
                statement.execute(
                        "INSERT INTO courseware_studentmodule (id, module_type, module_id, student_id, created,"
                                + " modified, done, course_id) VALUES (" + module + ", 'problem', 'm" + module
                                + "', 1, '2015-02-01', '2015-02-01', 'na', 'edX/DemoX/Demo_Course')");
            }
        }
    }

    /** Fills the old table and tells the truth about every row. */
    void load(LoadedKeys keys, Truth truth, Content content) throws SQLException {
        try (Connection connection = source.connect(world().sourceSchema())) {
            connection.setAutoCommit(false);
            for (int from = 0; from < keys.rows(); from += ROWS_AT_ONCE) {
                int count = Math.min(ROWS_AT_ONCE, keys.rows() - from);
                String sql = "INSERT INTO " + World.OLD_TABLE
                        + " (id, student_module_id, version, created, state, grade, max_grade) VALUES "
                        + String.join(", ", Collections.nCopies(count, "(?, ?, ?, ?, ?, ?, ?)"));
                try (PreparedStatement insert = connection.prepareStatement(sql)) {
                    int parameter = 1;
                    for (int i = from; i < from + count; i++) {
                        long stamp = truth.nextStamp();
                        HistoryRow row = content.row(LoadedKeys.key(i), stamp);
                        insert.setLong(parameter++, row.id());
                        insert.setLong(parameter++, row.studentModule());
                        insert.setLong(parameter++, stamp);
                        insert.setObject(parameter++, row.created());
                        insert.setBytes(parameter++, row.stateBytes());
                        insert.setObject(parameter++, row.grade());
                        insert.setObject(parameter++, row.maxGrade());
                        truth.loaded(row.id(), stamp);
                    }
                    insert.executeUpdate();
                }
                connection.commit();
            }
        }
    }

    /**
     * Writes a configuration for a daemon that reaches the servers at these addresses.
     *
     * @param encrypted whether it asks for TLS, which a link that reads along cannot have
     * @param late whether the target's secondary indexes are built after the copy
     */
    Path config(String name, Server sourceAt, Server targetAt, boolean encrypted, int chunkRows, boolean late)
            throws IOException {
        World world = world();
        Path password = folder.resolve("password");
        if (!Files.exists(password)) {
            Files.writeString(password, DaemonFiles.PASSWORD + "\n");
            Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        }
        String tls = encrypted ? "required" : "disabled";
        return Files.writeString(folder.resolve(name), """
                migration: %s
                source: {host: %s, port: %d, user: widekey, password-file: password, tls: %s, schema: %s, table: %s, server-id: 918273}
                target: {host: %s, port: %d, user: widekey, password-file: password, tls: %s, schema: %s, table: %s, state-schema: %s}
                flags:
                  write: {name: ENABLE_CSMH_EXTENDED, target-when: true}
                  read: {name: ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES, target-when: false}
                backfill: {workers: 2, chunk-rows: %d, indexes: %s}
                cutover: {mode: rolling, rollback: false, id-gap: 10000, quiet: 1500ms}
                stream: {keep-alive: 2s}
                throttle: {mode: off}
                http: {listen: "127.0.0.1:0"}
                """.formatted(
                        world.migration(),
                        sourceAt.host(),
                        sourceAt.port(),
                        tls,
                        world.sourceSchema(),
                        World.OLD_TABLE,
                        targetAt.host(),
                        targetAt.port(),
                        tls,
                        world.targetSchema(),
                        World.EXTENDED_TABLE,
                        world.stateSchema(),
                        chunkRows,
                        late ? "late" : "keep"));
    }
}
