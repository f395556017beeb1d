package dev.widekey.sandbox.mysql;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A MySQL 8.0.33 of one's own on a free port of the loopback interface, with its data in a temporary folder.
 *
 * <p>The server and its folder are gone after {@link #close()}, at the end of this process, after Ctrl-C and after a kill of this
 * process. Port, server UUID and data stay over {@link #restart()} and over {@link #kill()} followed by {@link #resume()}.
 * Safe for use by several threads; life-cycle calls are serialised.
 */
public final class MySqlServer implements Server {
    private static final long START_SECONDS = 90;
    private static final long STOP_SECONDS = 60;
    private static final int PORT_ATTEMPTS = 5;

    private final Distribution distribution;
    private final ServerOptions options;
    private final Path folder;
    private final Watchdog watchdog;
    private final Thread hook;
    private volatile int port;
    private Process process;
    private boolean closed;

    private MySqlServer(Distribution distribution, ServerOptions options, Path folder) throws IOException {
        this.distribution = distribution;
        this.options = options;
        this.folder = folder;
        FileTree.copy(distribution.template(), folder.resolve("data"));
        Files.createDirectory(folder.resolve("tmp"));
        this.watchdog = Watchdog.over(folder);
        this.hook = new Thread(this::remove, "mysql-cleanup");
        Runtime.getRuntime().addShutdownHook(hook);
        this.process = launchOnFreePort();
    }

    /**
     * Starts a server and returns when it answers. The first call on a machine unpacks MySQL, which takes some ten seconds; later
     * ones take about one.
     *
     * @throws ServerException when the server cannot be unpacked or does not come up; holds the end of its log
     */
    public static MySqlServer start(ServerOptions options) {
        try {
            return new MySqlServer(
                    Distribution.prepare(), options, ServerFolders.ofThisUser().create());
        } catch (IOException e) {
            throw new ServerException("cannot start MySQL", e);
        }
    }

    /** Starts a server with the defaults. */
    public static MySqlServer start() {
        return start(ServerOptions.defaults());
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String user() {
        return "root";
    }

    @Override
    public String password() {
        return Distribution.ROOT_PASSWORD;
    }

    /** The server's data directory: binlogs are in here. */
    public Path data() {
        return folder.resolve("data");
    }

    /** Folder of the programs that belong to the server: mysql, mysqlbinlog, mysqldump. */
    public Path programs() {
        return distribution.home().resolve("bin");
    }

    /** Process number of the server as of the last start. */
    public synchronized long pid() {
        return process.pid();
    }

    /** Starts a server that {@link #kill()} or {@link #stop()} ended, on the port it had. Does nothing when it runs. */
    public synchronized void resume() {
        requireOpen();
        if (process.isAlive()) {
            return;
        }
        try {
            process = launch();
            if (!awaitReady()) {
                throw new ServerException("MySQL does not come up again on port " + port + ":\n" + logTail());
            }
        } catch (IOException e) {
            throw new ServerException("cannot start MySQL again", e);
        }
    }

    /** Shuts the server down in an orderly way and starts it again. */
    public void restart() {
        stop();
        resume();
    }

    /** Shuts the server down in an orderly way; data stay. */
    public synchronized void stop() {
        requireOpen();
        process.destroy();
        awaitExit();
    }

    /** Ends the server with SIGKILL, as a crash would; data stay. */
    public synchronized void kill() {
        requireOpen();
        process.destroyForcibly();
        awaitExit();
    }

    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already and the hook has run or is about to find nothing to do.
            return;
        }
    }

    @Override
    public String toString() {
        return "mysql://root@" + host() + ":" + port;
    }

    private synchronized void remove() {
        if (closed) {
            return;
        }
        closed = true;
        process.destroyForcibly();
        awaitExit();
        try {
            FileTree.delete(folder);
        } catch (IOException e) {
            throw new ServerException("cannot remove " + folder, e);
        } finally {
            watchdog.dismiss();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the server is closed");
        }
    }

    private void awaitExit() {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new ServerException("MySQL does not stop:\n" + logTail());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Another process may take the free port between the look and the start, so a failed start is tried elsewhere. */
    private Process launchOnFreePort() throws IOException {
        for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
            process = launch();
            if (awaitReady()) {
                return process;
            }
            if (!logTail().contains("Do you already have another mysqld server running on port")) {
                break;
            }
        }
        String log = logTail();
        remove();
        throw new ServerException("MySQL does not come up:\n" + log);
    }

    private Process launch() throws IOException {
        Process launched = new ProcessBuilder(command())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        Files.writeString(folder.resolve("pid"), Long.toString(launched.pid()));
        launched.getOutputStream().close();
        return launched;
    }

    private List<String> command() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("port", Integer.toString(port));
        all.put("server-id", Integer.toString(port));
        all.put("bind-address", host());
        all.put("basedir", distribution.home().toString());
        all.put("datadir", data().toString());
        all.put("tmpdir", folder.resolve("tmp").toString());
        all.put("plugin-dir", distribution.home().resolve("lib/plugin").toString());
        // Relative to the data directory: a socket's full path must fit into 107 bytes.
        all.put("socket", "mysqld.sock");
        all.put("log-bin", "binlog");
        all.put("binlog-format", "ROW");
        all.put("binlog-row-image", "FULL");
        all.put("gtid-mode", "ON");
        all.put("enforce-gtid-consistency", "ON");
        all.put("sync-binlog", "0");
        all.put("innodb-flush-log-at-trx-commit", "2");
        all.put("innodb-flush-method", "nosync");
        all.put("innodb-buffer-pool-size", "256M");
        all.put("innodb-redo-log-capacity", "256M");
        all.put("max-allowed-packet", "64M");
        all.put("local-infile", "ON");
        // Otherwise triggers are made by administrators alone where there is a binlog.
        all.put("log-bin-trust-function-creators", "ON");
        all.put("mysqlx", "OFF");
        all.put("performance-schema", "ON");
        all.putAll(options.variables());
        List<String> command = new ArrayList<>();
        command.add(distribution.home().resolve("bin/mysqld").toString());
        command.add("--no-defaults");
        command.add(Distribution.runAs());
        command.add("--skip-name-resolve");
        all.forEach((name, value) -> command.add("--" + name + "=" + value));
        return command;
    }

    /** True when the server answers as itself, false when it ended or takes too long. */
    private boolean awaitReady() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        try {
            while (System.nanoTime() < deadline) {
                if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    return false;
                }
                if (answers()) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while MySQL starts", e);
        }
        process.destroyForcibly();
        return false;
    }

    private boolean answers() {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@datadir")) {
            return row.next() && Path.of(row.getString(1)).equals(data());
        } catch (SQLException e) {
            // Not listening yet; a server that never listens is reported with its log.
            return false;
        }
    }

    private Path log() {
        return folder.resolve("mysqld.log");
    }

    private String logTail() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "its log cannot be read: " + e.getMessage();
        }
    }
}
