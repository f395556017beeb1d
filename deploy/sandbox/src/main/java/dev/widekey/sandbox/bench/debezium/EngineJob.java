package dev.widekey.sandbox.bench.debezium;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an {@link EngineProgram} has to do, handed over in environment variables so that no password is on a command line. Immutable.
 *
 * @param isCopy whether to copy the table; otherwise the stream is read
 * @param rows after how many rows it is done
 * @param sourceHost the source's host
 * @param sourcePort the source's port
 * @param targetHost the target's host; used by a copy alone
 * @param targetPort the target's port
 * @param user account on both
 * @param password its password
 * @param schema schema of the table on the source
 * @param table the table
 * @param targetTable schema and table to write to
 * @param offset where reading starts, as the engine stores it; empty for a copy
 */
public record EngineJob(
        boolean isCopy,
        long rows,
        String sourceHost,
        int sourcePort,
        String targetHost,
        int targetPort,
        String user,
        String password,
        String schema,
        String table,
        String targetTable,
        String offset) {
    /** The table by which the engine is told to begin: {@code id}, {@code type} and {@code data}. */
    public static final String SIGNALS = "debezium_signal";

    private static final String PREFIX = "WIDEKEY_BENCH_";

    /** The variables to start the program with. */
    public Map<String, String> environment() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(PREFIX + "COPY", Boolean.toString(isCopy));
        all.put(PREFIX + "ROWS", Long.toString(rows));
        all.put(PREFIX + "SOURCE_HOST", sourceHost);
        all.put(PREFIX + "SOURCE_PORT", Integer.toString(sourcePort));
        all.put(PREFIX + "TARGET_HOST", targetHost);
        all.put(PREFIX + "TARGET_PORT", Integer.toString(targetPort));
        all.put(PREFIX + "USER", user);
        all.put(PREFIX + "PASSWORD", password);
        all.put(PREFIX + "SCHEMA", schema);
        all.put(PREFIX + "TABLE", table);
        all.put(PREFIX + "TARGET_TABLE", targetTable);
        all.put(PREFIX + "OFFSET", offset);
        return all;
    }

    static EngineJob of(Map<String, String> environment) {
        return new EngineJob(
                Boolean.parseBoolean(value(environment, "COPY")),
                Long.parseLong(value(environment, "ROWS")),
                value(environment, "SOURCE_HOST"),
                Integer.parseInt(value(environment, "SOURCE_PORT")),
                value(environment, "TARGET_HOST"),
                Integer.parseInt(value(environment, "TARGET_PORT")),
                value(environment, "USER"),
                value(environment, "PASSWORD"),
                value(environment, "SCHEMA"),
                value(environment, "TABLE"),
                value(environment, "TARGET_TABLE"),
                value(environment, "OFFSET"));
    }

    String sourceUrl() {
        return "jdbc:mysql://" + sourceHost + ":" + sourcePort + "/?sslMode=DISABLED&connectionTimeZone=UTC";
    }

    String targetUrl() {
        return "jdbc:mysql://" + targetHost + ":" + targetPort
                + "/?sslMode=DISABLED&connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true&rewriteBatchedStatements=true";
    }

    private static String value(Map<String, String> environment, String name) {
        String value = environment.get(PREFIX + name);
        if (value == null) {
            throw new IllegalArgumentException("no variable " + PREFIX + name);
        }
        return value;
    }

    /** Says nothing of the password. */
    @Override
    public String toString() {
        return (isCopy ? "copy " : "read ") + rows + " rows of " + schema + "." + table;
    }
}
