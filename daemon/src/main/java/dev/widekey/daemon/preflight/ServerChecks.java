package dev.widekey.daemon.preflight;

import dev.widekey.daemon.preflight.Problem.Code;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What the two servers' settings must be. Pure. */
final class ServerChecks {

    private final String where;
    private final ServerFacts facts;
    private final List<Problem> found = new ArrayList<>();

    private ServerChecks(String where, ServerFacts facts) {
        this.where = where;
        this.facts = facts;
    }

    /** Whether this is a server whose other answers can be understood. */
    static boolean isKnown(ServerFacts facts) {
        return facts.isMySql() && facts.isAtLeast(8, 0, 0);
    }

    static List<Problem> source(String where, ServerFacts facts) {
        ServerChecks checks = new ServerChecks(where, facts);
        checks.version(8, 0, 0);
        if (isKnown(facts)) {
            checks.binlog();
        }
        return checks.found;
    }

    static List<Problem> target(String where, ServerFacts facts) {
        ServerChecks checks = new ServerChecks(where, facts);
        checks.version(8, 0, 19);
        if (isKnown(facts)) {
            checks.strictness();
        }
        return checks.found;
    }

    /** The source, as rows are to be written back to it. */
    static List<Problem> writtenBack(String where, ServerFacts facts) {
        ServerChecks checks = new ServerChecks(where, facts);
        checks.version(8, 0, 19);
        return checks.found;
    }

    /** The target, as its log is to be read. */
    static List<Problem> readBack(String where, ServerFacts facts) {
        ServerChecks checks = new ServerChecks(where, facts);
        checks.binlog();
        return checks.found;
    }

    /**
     * A fence is made of triggers, which a server with a binlog lets administrators alone make unless it is told to trust others.
     *
     * @param isAdministrator whether the account is one
     */
    static List<Problem> fence(String where, ServerFacts facts, boolean isAdministrator) {
        ServerChecks checks = new ServerChecks(where, facts);
        if (facts.is("log_bin", "ON") && facts.is("log_bin_trust_function_creators", "OFF") && !isAdministrator) {
            checks.add(
                    Code.TRIGGERS_FORBIDDEN,
                    "log_bin_trust_function_creators is OFF, so the account may not make the triggers of a fence",
                    "SET PERSIST log_bin_trust_function_creators = ON; or cutover.mode: rolling in the configuration");
        }
        return checks.found;
    }

    /** A row that came into the source in one packet must be able to go into the target in one. */
    static List<Problem> packets(String where, ServerFacts source, ServerFacts target) {
        ServerChecks checks = new ServerChecks(where, target);
        long needed = Long.parseLong(source.value("max_allowed_packet"));
        long given = Long.parseLong(target.value("max_allowed_packet"));
        if (given < needed) {
            checks.add(
                    Code.PACKET_TOO_SMALL,
                    "max_allowed_packet is " + given + " and on the source " + needed
                            + ", so a row of the source may be too large for the target",
                    "SET PERSIST max_allowed_packet = " + needed + ";");
        }
        return checks.found;
    }

    private void version(int major, int minor, int patch) {
        String version = facts.value("version");
        String least = major + "." + minor + "." + patch;
        if (!facts.isMySql()) {
            add(
                    Code.NOT_MYSQL,
                    "the server is not MySQL: " + version + " " + facts.value("version_comment"),
                    "use a MySQL server of version " + least + " or later");
        } else if (!facts.isAtLeast(major, minor, patch)) {
            add(
                    Code.VERSION_TOO_OLD,
                    "the server is MySQL " + version + ", which lacks what the daemon's statements and sessions need",
                    "upgrade it to " + least + " or later");
        }
    }

    private void binlog() {
        if (!facts.is("log_bin", "ON")) {
            add(Code.BINLOG_OFF, "the binary log is off", "start the server with log_bin=binlog in its configuration");
            return;
        }
        require(Code.BINLOG_FORMAT, "binlog_format", "ROW");
        require(Code.BINLOG_ROW_IMAGE, "binlog_row_image", "FULL");
        if (!facts.value("binlog_row_value_options").isEmpty()) {
            add(
                    Code.BINLOG_PARTIAL_JSON,
                    "binlog_row_value_options is " + facts.value("binlog_row_value_options"),
                    "SET PERSIST binlog_row_value_options = ''; then reconnect the application");
        }
        String gtid = facts.value("gtid_mode").toUpperCase(Locale.ROOT);
        if (!gtid.equals("ON") && !gtid.equals("OFF")) {
            add(
                    Code.GTID_MODE,
                    "gtid_mode is " + gtid + ", so some transactions have a global identifier and some have not",
                    "bring gtid_mode to ON or to OFF");
        }
        if (!facts.hasGtids() && facts.is("binlog_order_commits", "OFF")) {
            add(
                    Code.BINLOG_ORDER_COMMITS,
                    "binlog_order_commits is OFF, so without GTIDs nothing tells when a change can be read",
                    "SET PERSIST binlog_order_commits = ON;");
        }
    }

    private void require(Code code, String variable, String value) {
        if (!facts.is(variable, value)) {
            add(
                    code,
                    variable + " is " + facts.value(variable),
                    "SET PERSIST " + variable + " = '" + value + "'; then reconnect the application");
        }
    }

    private void strictness() {
        List<String> modes =
                Arrays.asList(facts.value("sql_mode").toUpperCase(Locale.ROOT).split(",", -1));
        if (!modes.contains("STRICT_TRANS_TABLES") && !modes.contains("STRICT_ALL_TABLES")) {
            add(
                    Code.SQL_MODE_NOT_STRICT,
                    "the global sql_mode is not strict, so the application could store rows that were cut short",
                    "SET PERSIST sql_mode = CONCAT(@@GLOBAL.sql_mode, ',STRICT_TRANS_TABLES'); then reconnect the application");
        }
    }

    private void add(Code code, String what, String fix) {
        found.add(new Problem(code, what, where, fix));
    }
}
