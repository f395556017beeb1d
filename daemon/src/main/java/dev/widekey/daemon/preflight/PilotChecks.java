package dev.widekey.daemon.preflight;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What a pilot needs beyond what the daemon does: a table of its own that it may make and drop. Stateless. */
public final class PilotChecks {
    private static final List<String> SCRATCH = List.of("SELECT", "INSERT", "CREATE", "ALTER", "DROP");

    private PilotChecks() {}

    /**
     * Every problem on the target; empty when a pilot may run.
     *
     * @param schema the state schema
     * @param table the scratch table's name
     */
    public static List<Problem> run(Side target, String schema, String table) throws SQLException {
        try (Connection connection = target.connector().connect()) {
            Grants grants = Grants.read(connection);
            List<Problem> problems = new ArrayList<>();
            for (String privilege : SCRATCH) {
                if (!grants.hasOnTable(privilege, schema, table)) {
                    problems.add(new Problem(
                            Problem.Code.MISSING_PRIVILEGE,
                            grants.account() + " lacks " + privilege + " on " + schema + "." + table
                                    + ", which only --pilot needs",
                            target.where(),
                            "GRANT CREATE, ALTER, DROP ON " + Side.quoted(schema) + "." + Side.quoted(table) + " TO "
                                    + grants.account() + ";"));
                }
            }
            return problems;
        }
    }
}
