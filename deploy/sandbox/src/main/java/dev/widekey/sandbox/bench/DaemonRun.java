package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.Contender.FailedException;
import dev.widekey.sandbox.bench.Contender.MissingException;
import dev.widekey.sandbox.demo.DaemonFiles;
import dev.widekey.sandbox.demo.DaemonProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.OptionalInt;

/** The daemon as a process, and how far it is. Used by one thread. */
final class DaemonRun implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration STOP = Duration.ofSeconds(90);
    private static final int NO_SUCH_DATABASE = 1049;
    private static final int NO_SUCH_TABLE = 1146;
    private static final int REFUSED = 78;
    private static final String UNKNOWN_KEY = "is not a key here";

    private final Servers servers;
    private final DaemonProcess process;
    private final Connection connection;
    private final Statement watch;
    private final Path log;

    private DaemonRun(Servers servers, DaemonProcess process, Connection connection, Path log) throws SQLException {
        this.servers = servers;
        this.process = process;
        this.connection = connection;
        // One connection for every look: looking must cost the server next to nothing.
        this.watch = connection.createStatement();
        this.log = log;
    }

    static DaemonRun start(Servers servers, DaemonConfig config) throws IOException, SQLException {
        Path log = servers.folder().resolve("widekey.log");
        Path launcher = new DaemonFiles(servers.repository(), 1).launcher();
        Path file = config.write(servers);
        Connection connection = servers.targetConnection();
        try {
            return new DaemonRun(servers, DaemonProcess.start(launcher, file, log, line -> {}), connection, log);
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    long pid() {
        return process.pid();
    }

    /**
     * Waits until the migration has entered a phase since this moment or before and returns when that was, by the target's clock.
     *
     * @throws MissingException when the daemon does not know a key of its configuration
     * @throws FailedException when it ends or takes longer
     */
    LocalDateTime await(String phase, Duration limit) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<LocalDateTime> entered = entered(phase);
            if (entered.isPresent()) {
                return entered.get();
            }
            pause();
        }
        throw new FailedException("the daemon is not in " + phase + " after " + limit.toSeconds() + " s; its log is "
                + log + ", it ends with\n" + String.join("\n", process.lastLines()));
    }

    /** When a phase was entered for the first time. */
    Optional<LocalDateTime> entered(String phase) throws SQLException {
        try (ResultSet row = query("SELECT MIN(at) FROM %s.phase_history WHERE phase = '" + phase + "'")) {
            return row.next() ? Optional.ofNullable(row.getObject(1, LocalDateTime.class)) : Optional.empty();
        } catch (SQLException e) {
            if (e.getErrorCode() == NO_SUCH_TABLE || e.getErrorCode() == NO_SUCH_DATABASE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Lets a moment pass; a daemon that ended meanwhile is a failure. */
    void pause() throws InterruptedException {
        OptionalInt exit = process.await(LOOK);
        if (exit.isPresent()) {
            String words = String.join("\n", process.lastLines());
            if (exit.getAsInt() == REFUSED && words.contains(UNKNOWN_KEY)) {
                throw new MissingException("this daemon has no such key: " + unknownKey(words));
            }
            throw new FailedException("the daemon ended with " + exit.getAsInt() + ":\n" + words);
        }
    }

    private static String unknownKey(String words) {
        return words.lines()
                .filter(line -> line.contains(UNKNOWN_KEY))
                .map(line -> line.replaceFirst(".*\\.yaml:[0-9:]* ", ""))
                .findFirst()
                .orElse("");
    }

    /** Rows in chunks that are recorded as copied. */
    long copiedRows() throws SQLException {
        return Long.parseLong(state("SELECT COALESCE(SUM(copied_rows), 0) FROM %s.chunk WHERE copied"));
    }

    /** The stored position of the stream, as the daemon writes it. */
    String position() throws SQLException {
        return state("SELECT position FROM %s.stream");
    }

    /** Whether the stream is applied past all these transactions. */
    boolean covers(String gtids) throws SQLException {
        return state("SELECT GTID_SUBSET('" + gtids
                        + "', JSON_UNQUOTE(JSON_EXTRACT(position, '$.gtids'))) FROM %s.stream")
                .equals("1");
    }

    private String state(String query) throws SQLException {
        try (ResultSet row = query(query)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    private ResultSet query(String query) throws SQLException {
        return watch.executeQuery(query.replace("%s", servers.world().stateSchema()));
    }

    /** Stops the daemon in an orderly way. */
    void stop() throws InterruptedException {
        process.terminate();
        OptionalInt exit = process.await(STOP);
        if (exit.isEmpty() || exit.getAsInt() != 0) {
            throw new FailedException("the daemon does not stop as asked; its log is " + log);
        }
    }

    @Override
    public void close() throws SQLException, InterruptedException {
        try (connection) {
            process.close();
        }
    }
}
