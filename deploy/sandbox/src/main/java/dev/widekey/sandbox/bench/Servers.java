package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.demo.DaemonFiles;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.PlainServer;
import dev.widekey.sandbox.mysql.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The two servers of a run with settings that are the same for everybody, and the schemas on them. Everybody comes without TLS, over the loopback
 * interface, through an account whose password no tool has to look up. Used by one thread; connections may be asked for by any.
 */
final class Servers implements AutoCloseable {
    /** The account of the other tools; some of them know the older way to log in alone. */
    static final String USER = "bench";

    static final String PASSWORD = "bench-change-me";

    private static final List<String> SHOWN = List.of(
            "version",
            "innodb_buffer_pool_size",
            "innodb_redo_log_capacity",
            "innodb_flush_log_at_trx_commit",
            "sync_binlog",
            "innodb_flush_method",
            "innodb_io_capacity",
            "log_bin",
            "binlog_format",
            "gtid_mode",
            "local_infile");
    private static final String IO_CAPACITY = "2000";
    private static final String IO_CAPACITY_MAX = "4000";
    private static final int CLEAN_PAGES = 200;
    private static final long SETTLE_SECONDS = 60;

    private final MySqlServer source;
    private final MySqlServer target;
    private final Path repository;
    private final Path folder;
    private final World world;

    private Servers(MySqlServer source, MySqlServer target, Path repository, Path folder) {
        this.source = source;
        this.target = target;
        this.repository = repository;
        this.folder = folder;
        this.world = World.edx(
                new PlainServer(source.host(), source.port(), USER, PASSWORD),
                new PlainServer(target.host(), target.port(), USER, PASSWORD));
    }

    /**
     * Starts both servers.
     *
     * @param bufferPool of each, like {@code 1G}
     */
    static Servers start(Path repository, Path folder, String bufferPool) throws IOException, SQLException {
        Path files = Files.createDirectories(folder.resolve("files"));
        // Every commit is flushed, as these settings are when nobody touches them.
        ServerOptions options = ServerOptions.defaults()
                .durable()
                .with("innodb-buffer-pool-size", bufferPool)
                .with("innodb-redo-log-capacity", "2G")
                // As one sets them for any solid-state disk.
                .with("innodb-io-capacity", IO_CAPACITY)
                .with("innodb-io-capacity-max", IO_CAPACITY_MAX)
                .with("local-infile", "ON")
                .with("secure-file-priv", files.toString());
        MySqlServer source = MySqlServer.start(options);
        try {
            MySqlServer target = MySqlServer.start(options);
            try {
                for (MySqlServer server : List.of(source, target)) {
                    server.execute(
                            "CREATE USER '" + USER + "'@'%' IDENTIFIED WITH mysql_native_password BY '" + PASSWORD
                                    + "'",
                            "GRANT ALL ON *.* TO '" + USER + "'@'%' WITH GRANT OPTION");
                }
                return new Servers(source, target, repository, folder);
            } catch (SQLException e) {
                target.close();
                throw e;
            }
        } catch (SQLException e) {
            source.close();
            throw e;
        }
    }

    MySqlServer source() {
        return source;
    }

    MySqlServer target() {
        return target;
    }

    /** The schemas and their names, reached without TLS. */
    World world() {
        return world;
    }

    /** The checkout that the daemon is run from. */
    Path repository() {
        return repository;
    }

    /** Where logs and configurations go. */
    Path folder() {
        return folder;
    }

    /** The only folder the servers themselves read and write files in. */
    Path files() {
        return folder.resolve("files");
    }

    Connection sourceConnection() throws SQLException {
        return world.source().connect(world.sourceSchema());
    }

    Connection targetConnection() throws SQLException {
        return world.target().connect(world.targetSchema());
    }

    /** What both servers run with, a line each. */
    List<String> settings() throws SQLException {
        return List.of("source: " + settings(source), "target: " + settings(target));
    }

    /**
     * Empties the target, forgets the daemon's state and every log, and waits until both servers have nothing left to write, so that no lap pays
     * for the one before it.
     */
    void reset() throws SQLException, IOException {
        world.createTarget();
        createAccounts();
        for (MySqlServer server : List.of(source, target)) {
            server.execute("FLUSH BINARY LOGS", "PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 DAY");
            settle(server);
        }
    }

    /** The daemon's accounts from the repository's grants, without TLS and for every table of the two schemas. */
    void createAccounts() throws SQLException, IOException {
        new DaemonFiles(repository, 1).createAccounts(world);
        String plain = "ALTER USER 'widekey'@'%' IDENTIFIED WITH mysql_native_password BY '" + DaemonFiles.PASSWORD
                + "' REQUIRE NONE";
        source.execute(plain, "GRANT SELECT ON " + world.sourceSchema() + ".* TO 'widekey'@'%'");
        target.execute(plain, "GRANT ALL ON " + world.targetSchema() + ".* TO 'widekey'@'%'");
    }

    private static void settle(MySqlServer server) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET GLOBAL innodb_max_dirty_pages_pct = 0");
            statement.execute("SET GLOBAL innodb_io_capacity_max = 40000");
            statement.execute("SET GLOBAL innodb_io_capacity = 20000");
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
            while (System.nanoTime() < deadline && dirtyPages(statement) > CLEAN_PAGES) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
            statement.execute("SET GLOBAL innodb_io_capacity = " + IO_CAPACITY);
            statement.execute("SET GLOBAL innodb_io_capacity_max = " + IO_CAPACITY_MAX);
            statement.execute("SET GLOBAL innodb_max_dirty_pages_pct = DEFAULT");
        }
    }

    private static long dirtyPages(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'")) {
            row.next();
            return row.getLong(2);
        }
    }

    private static String settings(MySqlServer server) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (String name : SHOWN) {
                try (ResultSet row = statement.executeQuery("SELECT @@GLOBAL." + name)) {
                    row.next();
                    text.append(text.isEmpty() ? "" : " ")
                            .append(name)
                            .append('=')
                            .append(row.getString(1));
                }
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        source.close();
        target.close();
    }
}
