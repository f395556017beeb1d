package dev.widekey.daemon.preflight;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server's global variables and status counters, names in lower case. Immutable.
 */
record ServerFacts(Map<String, String> variables) {

    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");

    ServerFacts {
        variables = Map.copyOf(variables);
    }

    static ServerFacts read(Connection connection) throws SQLException {
        Map<String, String> variables = new HashMap<>();
        try (Statement statement = connection.createStatement()) {
            collect(statement, """
                    SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_uuid', 'version', 'version_comment', 'log_bin',
                    'binlog_format', 'binlog_row_image', 'binlog_row_value_options', 'binlog_order_commits', 'gtid_mode',
                    'sql_mode', 'lower_case_table_names', 'max_allowed_packet', 'log_bin_trust_function_creators')
                    """, variables);
            collect(statement, "SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_xa_prepare')", variables);
        }
        return new ServerFacts(variables);
    }

    private static void collect(Statement statement, String query, Map<String, String> into) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                into.put(rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2));
            }
        }
    }

    /** A variable's value; empty when the server does not have it. */
    String value(String name) {
        return variables.getOrDefault(name, "");
    }

    boolean is(String name, String value) {
        return value(name).equalsIgnoreCase(value);
    }

    boolean isMySql() {
        return !(value("version") + value("version_comment"))
                        .toLowerCase(Locale.ROOT)
                        .contains("mariadb")
                && VERSION.matcher(value("version")).matches();
    }

    /** Whether the version is at least this one. */
    boolean isAtLeast(int major, int minor, int patch) {
        Matcher matcher = VERSION.matcher(value("version"));
        if (!matcher.matches()) {
            return false;
        }
        long have = number(matcher.group(1), matcher.group(2), matcher.group(3));
        return have >= (major * 1000L + minor) * 1000L + patch;
    }

    private static long number(String major, String minor, String patch) {
        return (Long.parseLong(major) * 1000 + Long.parseLong(minor)) * 1000 + Long.parseLong(patch);
    }

    /** Whether transactions carry global identifiers. */
    boolean hasGtids() {
        return is("gtid_mode", "ON");
    }
}
