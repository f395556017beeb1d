package dev.widekey.cdc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.sql.Statement;
import java.util.regex.Pattern;

/**
 * A place between two transactions of one server's binlog.
 *
 * <p>A stream started here delivers every transaction that lies behind {@code (file, offset)} and is not in {@code gtids}. A value;
 * immutable and thread-safe.
 *
 * @param serverUuid the server whose log this is
 * @param file the binlog file, for example {@code binlog.000042}
 * @param offset the byte in the file
 * @param gtids transactions that need not be delivered any more; empty when the server runs without GTIDs
 * @param fingerprint of the {@link TableShape} the rows behind this place are read with; empty for a mere mark
 */
public record Position(String serverUuid, String file, long offset, Gtids gtids, String fingerprint) {

    private static final int FORMAT = 1;

    /** First event of every binlog file. */
    private static final long FILE_START = 4;

    private static final Pattern NUMBERED = Pattern.compile(".+\\.\\d{1,18}");

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @throws IllegalArgumentException when the file has no number, by which files are ordered */
    public Position {
        if (!NUMBERED.matcher(file).matches()) {
            throw new IllegalArgumentException("not a binlog file: " + file);
        }
    }

    /**
     * Where a new stream begins.
     *
     * <p>With GTIDs it is the executed set, which holds only transactions a reader can see; the end of the log would skip those that
     * are written but not visible yet. The file's beginning stands beside it so that the position covers no later mark.
     *
     * @throws SQLException also when the table does not exist, the binlog is off or nothing was ever committed
     */
    public static Position start(Connection source, FeedConfig config) throws SQLException {
        TableShape shape = TableShape.read(source, config.schema(), config.table())
                .orElseThrow(() -> new SQLSyntaxErrorException(
                        "table " + config.schema() + "." + config.table() + " does not exist or is not visible",
                        "42S02",
                        1146));
        Position end = endOfLog(source);
        if (!text(source, "SELECT @@global.gtid_mode").equals("ON")) {
            return new Position(end.serverUuid, end.file, end.offset, Gtids.empty(), shape.fingerprint());
        }
        Gtids executed = Gtids.parse(text(source, "SELECT @@global.gtid_executed"));
        if (executed.isEmpty()) {
            throw new SQLException("the source has GTIDs but no transaction yet; commit one first");
        }
        return new Position(end.serverUuid, end.file, FILE_START, executed, shape.fingerprint());
    }

    /** The mark behind everything written to the log so far, visible or not. */
    public static Position endOfLog(Connection source) throws SQLException {
        String uuid = text(source, "SELECT @@server_uuid");
        boolean renamed = source.getMetaData().getDatabaseMajorVersion() > 8
                || (source.getMetaData().getDatabaseMajorVersion() == 8
                        && source.getMetaData().getDatabaseMinorVersion() >= 2);
        try (Statement statement = source.createStatement();
                ResultSet row = statement.executeQuery(renamed ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS")) {
            if (!row.next()) {
                throw new SQLException("the source writes no binlog (log_bin is off)");
            }
            return new Position(
                    uuid,
                    row.getString("File"),
                    row.getLong("Position"),
                    Gtids.parse(row.getString("Executed_Gtid_Set")),
                    "");
        }
    }

    private static String text(Connection source, String sql) throws SQLException {
        try (Statement statement = source.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /**
     * Whether everything in front of {@code mark} is in front of this position too.
     *
     * <p>The log of one server is read in order, so its files and offsets decide. GTID sets add nothing there, and would say no
     * behind a statement such as CREATE TRIGGER, whose identifier enters the set only with the next transaction. A mark of another
     * server is never covered.
     */
    public boolean covers(Position mark) {
        if (!serverUuid.equals(mark.serverUuid) || !baseName(file).equals(baseName(mark.file))) {
            return false;
        }
        long own = fileNumber(file);
        long other = fileNumber(mark.file);
        return own > other || (own == other && offset >= mark.offset);
    }

    private static String baseName(String file) {
        return file.substring(0, file.lastIndexOf('.') + 1);
    }

    private static long fileNumber(String file) {
        return Long.parseLong(file.substring(file.lastIndexOf('.') + 1));
    }

    /** One line of JSON that {@link #parse} reads back. */
    public String toText() {
        ObjectNode json = JSON.createObjectNode();
        json.put("format", FORMAT);
        json.put("server", serverUuid);
        json.put("file", file);
        json.put("offset", offset);
        json.put("gtids", gtids.toString());
        json.put("fingerprint", fingerprint);
        return json.toString();
    }

    /** The place in the log, for people. */
    @Override
    public String toString() {
        return file + ":" + offset;
    }

    /**
     * Reads what {@link #toText} wrote.
     *
     * @throws IllegalArgumentException when the text is not a position, or of a format this version does not know
     */
    public static Position parse(String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a stream position: " + text, e);
        }
        if (json.path("format").asInt() != FORMAT) {
            throw new IllegalArgumentException("not a stream position of format " + FORMAT + ": " + text);
        }
        for (String field : new String[] {"server", "file", "offset", "gtids", "fingerprint"}) {
            if (!json.hasNonNull(field)) {
                throw new IllegalArgumentException("a stream position without " + field + ": " + text);
            }
        }
        return new Position(
                json.get("server").asText(),
                json.get("file").asText(),
                json.get("offset").asLong(),
                Gtids.parse(json.get("gtids").asText()),
                json.get("fingerprint").asText());
    }
}
