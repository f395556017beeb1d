package dev.widekey.cdc.debezium;

import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedHalt.Reason;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.cdc.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be true of the source before a reader is started, and while it runs. Used by one thread.
 *
 * <p>Everything here is something the engine would pass over in silence, or report in a way that cannot be told from a broken
 * connection.
 */
final class SourceCheck {

    /** A transaction may be in the log before it is executed; semi-synchronous commits stay there for seconds. */
    private static final Logger LOG = LoggerFactory.getLogger(SourceCheck.class);

    private static final Duration COMMIT_WAIT = Duration.ofSeconds(20);

    private static final String SELECT_VARIABLES = """
            SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_uuid', 'gtid_mode', 'log_bin', 'binlog_format',
              'binlog_row_image', 'binlog_row_value_options', 'version')""";

    private static final String SELECT_XA = "SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_xa_prepare', 'Uptime')";

    private final FeedConfig config;
    private final BooleanSupplier mayFollow;

    private String server = "";
    private long xaPrepares = -1;
    private long uptime;

    /** @param mayFollow whether the stream may go on, now, on a server that has taken the source's place */
    SourceCheck(FeedConfig config, BooleanSupplier mayFollow) {
        this.config = config;
        this.mayFollow = mayFollow;
    }

    /**
     * A source that may be read.
     *
     * @param from where to start on this server
     * @param shape what its rows are read with
     */
    record Ready(Position from, TableShape shape) {}

    /**
     * Checks everything.
     *
     * @param from where the reader is to start
     * @param delivered every transaction delivered so far
     * @throws HaltException when changes would be lost or cannot be read
     * @throws SQLException when the source could not be asked; nothing is known then
     */
    Ready beforeStart(Connection source, Position from, Gtids delivered) throws HaltException, SQLException {
        Map<String, String> variables = pairs(source, SELECT_VARIABLES);
        settings(variables);
        boolean gtidMode = variables.getOrDefault("gtid_mode", "OFF").equals("ON");
        String uuid = variables.getOrDefault("server_uuid", "");
        if (!isOf(uuid, from) && (from.gtids().isEmpty() || !mayFollow.getAsBoolean())) {
            throw otherServer(uuid, from);
        }
        meet(uuid);
        if (gtidMode == from.gtids().isEmpty()) {
            // Without a set to start from the engine reports no transaction's identifier, and the receiver relies on
            // them.
            throw new HaltException(
                    Reason.UNREADABLE,
                    "gtid_mode is " + (gtidMode ? "on" : "off")
                            + " on the source, and was not when the position was taken."
                            + " Set it back, or start again with a new copy.");
        }
        TableShape shape = shape(source, from);
        privileges(source);
        if (gtidMode) {
            gtidHistory(source, from.gtids(), from.gtids().plus(delivered));
        } else {
            fileHistory(source, from);
        }
        noPreparedTransactions(source);
        xaCounter(source);
        return new Ready(isOf(uuid, from) ? from : following(source, uuid, from), shape);
    }

    /**
     * Checks what can change under a running reader.
     *
     * @return whether the address still leads to the reader's server
     */
    boolean whileRunning(Connection source, Position from) throws HaltException, SQLException {
        Map<String, String> variables = pairs(source, SELECT_VARIABLES);
        String uuid = variables.getOrDefault("server_uuid", "");
        if (!isOf(uuid, from)) {
            if (from.gtids().isEmpty() || !mayFollow.getAsBoolean()) {
                throw otherServer(uuid, from);
            }
            return false;
        }
        settings(variables);
        shape(source, from);
        xaCounter(source);
        return true;
    }

    private static boolean isOf(String uuid, Position position) {
        return uuid.equals(position.serverUuid());
    }

    /** What was counted on one server says nothing about another one. */
    private void meet(String uuid) {
        if (!uuid.equals(server)) {
            xaPrepares = -1;
            server = uuid;
        }
    }

    /**
     * The place on a server that has taken the source's place. The set decides what is delivered; the file is the server's oldest, so that the
     * place covers no mark of this server before the reader has come there.
     */
    private static Position following(Connection source, String uuid, Position from) throws SQLException {
        String oldest = SourceConnection.text(source, "SHOW BINARY LOGS");
        LOG.warn(
                "Server {} has taken the place of {} and has all that was delivered; the stream goes on there.",
                uuid,
                from.serverUuid());
        return new Position(uuid, oldest, 4, from.gtids(), from.fingerprint());
    }

    private HaltException otherServer(String uuid, Position from) {
        return new HaltException(
                Reason.SOURCE_CHANGED,
                "The server at " + config.host() + ":" + config.port() + " is " + uuid + ", the position comes from "
                        + from.serverUuid()
                        + (from.gtids().isEmpty()
                                ? "; without GTIDs its place there is unknown"
                                : "; once writes have begun to move, another server is not followed")
                        + ". Point the source back, or start again with a new copy.");
    }

    private static void settings(Map<String, String> variables) throws HaltException {
        String version = variables.getOrDefault("version", "");
        if (version.contains("MariaDB")) {
            throw new HaltException(Reason.UNREADABLE, "The source is MariaDB " + version + "; it has to be MySQL.");
        }
        wanted(variables, "log_bin", "ON");
        wanted(variables, "binlog_format", "ROW");
        wanted(variables, "binlog_row_image", "FULL");
        wanted(variables, "binlog_row_value_options", "");
        String gtidMode = variables.getOrDefault("gtid_mode", "OFF");
        if (!gtidMode.equals("ON") && !gtidMode.equals("OFF")) {
            throw new HaltException(
                    Reason.UNREADABLE, "gtid_mode is " + gtidMode + " on the source; it has to be ON or OFF.");
        }
    }

    private static void wanted(Map<String, String> variables, String name, String value) throws HaltException {
        String found = variables.getOrDefault(name, "");
        if (!found.equalsIgnoreCase(value)) {
            throw new HaltException(
                    Reason.UNREADABLE,
                    name + " is '" + found + "' on the source; it has to be '" + value
                            + "'. Changes written since are not complete: set it back and start again with a new copy.");
        }
    }

    private TableShape shape(Connection source, Position from) throws HaltException, SQLException {
        String table = config.schema() + "." + config.table();
        TableShape shape = TableShape.read(source, config.schema(), config.table())
                .orElseThrow(() -> new HaltException(
                        Reason.SCHEMA_CHANGED, "Table " + table + " is gone, or its SELECT privilege is."));
        if (!shape.fingerprint().equals(from.fingerprint())) {
            throw new HaltException(
                    Reason.SCHEMA_CHANGED,
                    "Table " + table
                            + " is not defined as it was when the position was taken; older row images cannot be"
                            + " read with the new definition. Start again with a new copy.");
        }
        return shape;
    }

    private void privileges(Connection source) throws SQLException {
        try (Statement statement = source.createStatement()) {
            statement.execute("SELECT 1 FROM " + quoted(config.schema()) + "." + quoted(config.table()) + " LIMIT 0");
        }
        boolean renamed = source.getMetaData().getDatabaseMajorVersion() > 8
                || (source.getMetaData().getDatabaseMajorVersion() == 8
                        && source.getMetaData().getDatabaseMinorVersion() >= 2);
        // Needs REPLICATION SLAVE, as reading the log does.
        pairs(source, renamed ? "SHOW REPLICAS" : "SHOW SLAVE HOSTS");
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private static void gtidHistory(Connection source, Gtids from, Gtids delivered) throws HaltException, SQLException {
        String purged = SourceConnection.text(source, "SELECT @@global.gtid_purged");
        if (!from.contains(Gtids.parse(purged))) {
            throw new HaltException(
                    Reason.POSITION_LOST,
                    "The source has purged binlogs that were not delivered yet (purged: " + purged
                            + "). Start again with a"
                            + " new copy, and keep binlogs longer than the longest interruption.");
        }
        String executed = "SELECT @@global.gtid_executed";
        Gtids now = Gtids.parse(SourceConnection.text(source, executed));
        if (!now.contains(delivered)) {
            try (PreparedStatement wait = source.prepareStatement("SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?)")) {
                wait.setString(1, delivered.toString());
                wait.setLong(2, COMMIT_WAIT.toSeconds());
                wait.executeQuery().close();
            }
            if (!Gtids.parse(SourceConnection.text(source, executed)).contains(delivered)) {
                throw new HaltException(
                        Reason.SOURCE_CHANGED,
                        "The source does not have all the transactions that were delivered from it (delivered: "
                                + delivered + ", there: " + SourceConnection.text(source, executed)
                                + "). Point the source back to the server that has them; if there is none, the end of the log is lost:"
                                + " start again with a new copy.");
            }
        }
    }

    private static void fileHistory(Connection source, Position from) throws HaltException, SQLException {
        String size = pairs(source, "SHOW BINARY LOGS").get(from.file());
        if (size == null) {
            throw new HaltException(
                    Reason.POSITION_LOST,
                    "The source has no binlog " + from.file()
                            + " any more. Start again with a new copy, and keep binlogs"
                            + " longer than the longest interruption.");
        }
        if (Long.parseLong(size) < from.offset()) {
            throw new HaltException(
                    Reason.SOURCE_CHANGED,
                    "Binlog " + from.file() + " ends at " + size + ", before the position " + from.offset()
                            + ". The source has lost the end of its log. Start again with a new copy.");
        }
    }

    /** A prepared transaction is in the log already, may still be rolled back, and is not visible to readers. */
    private void noPreparedTransactions(Connection source) throws HaltException, SQLException {
        if (xaPrepares >= 0) {
            return;
        }
        try (Statement statement = source.createStatement();
                ResultSet prepared = statement.executeQuery("XA RECOVER")) {
            if (prepared.next()) {
                throw new HaltException(
                        Reason.UNREADABLE,
                        "The source holds prepared XA transactions. Commit or roll them back first.");
            }
        } catch (SQLException e) {
            // Without XA_RECOVER_ADMIN the list cannot be read; the counter below still sees every later one.
            if (e.getErrorCode() != 1401 && e.getErrorCode() != 1227) {
                throw e;
            }
        }
    }

    private void xaCounter(Connection source) throws HaltException, SQLException {
        Map<String, String> status = pairs(source, SELECT_XA);
        long prepares = number(status.get("com_xa_prepare"));
        long up = number(status.get("uptime"));
        // The counter begins at zero again when the server was restarted.
        long before = up < uptime ? 0 : xaPrepares;
        if (xaPrepares >= 0 && prepares != before) {
            throw new HaltException(
                    Reason.UNREADABLE,
                    "XA transactions were prepared on the source. Their rows are in the binlog whether they are committed or"
                            + " rolled back. Stop using XA there and start again with a new copy.");
        }
        xaPrepares = prepares;
        uptime = up;
    }

    private static long number(@Nullable String text) throws SQLException {
        if (text == null) {
            throw new SQLException("the source does not report its status counters");
        }
        return Long.parseLong(text);
    }

    private static Map<String, String> pairs(Connection source, String sql) throws SQLException {
        Map<String, String> pairs = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        try (Statement statement = source.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                String value = rows.getString(2);
                pairs.put(rows.getString(1).toLowerCase(Locale.ROOT), value == null ? "" : value);
            }
        }
        return pairs;
    }
}
