package dev.widekey.daemon.preflight;

import dev.widekey.daemon.preflight.Problem.Code;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;

/** Whether the source leaves the table's schema out of its binlog. Stateless. */
final class BinlogFilter {

    private BinlogFilter() {}

    static List<Problem> check(Connection connection, Side side, ServerFacts facts) throws SQLException {
        String query = facts.isAtLeast(8, 2, 0) ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            if (!row.next()) {
                return List.of();
            }
            String only = row.getString("Binlog_Do_DB");
            String not = row.getString("Binlog_Ignore_DB");
            boolean left = !only.isEmpty() && !names(only).contains(side.schema());
            if (!left && !names(not).contains(side.schema())) {
                return List.of();
            }
            return List.of(new Problem(
                    Code.BINLOG_FILTERED,
                    "the binary log leaves out schema " + side.schema() + " (binlog_do_db '" + only
                            + "', binlog_ignore_db '" + not + "')",
                    side.where(),
                    "remove binlog_do_db and binlog_ignore_db from the server's configuration and restart it"));
        }
    }

    private static List<String> names(String list) {
        return Arrays.asList(list.split(",", -1));
    }
}
