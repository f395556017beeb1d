package dev.widekey.daemon.preflight;

import dev.widekey.daemon.preflight.Problem.Code;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Prepared XA transactions on the source: they are in the binlog before they are committed. Stateless. */
final class XaCheck {

    private static final String PRIVILEGE = "XA_RECOVER_ADMIN";

    private XaCheck() {}

    static List<Problem> run(Connection connection, Side side, ServerFacts facts, Grants grants) throws SQLException {
        List<Problem> found = new ArrayList<>();
        if (grants.hasGlobal(PRIVILEGE)) {
            int prepared = 0;
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("XA RECOVER CONVERT XID")) {
                while (rows.next()) {
                    prepared++;
                }
            }
            if (prepared > 0) {
                found.add(
                        new Problem(
                                Code.XA_PREPARED,
                                prepared + " prepared XA transaction" + (prepared == 1 ? "" : "s") + " on the source",
                                side.where(),
                                "XA COMMIT or XA ROLLBACK each that XA RECOVER lists; no application may use XA during the migration"));
            }
        } else if (!facts.value("com_xa_prepare").equals("0")) {
            found.add(new Problem(
                    Code.XA_UNKNOWN,
                    "XA transactions have been prepared since the server started, and " + grants.account()
                            + " may not see whether one is still open",
                    side.where(),
                    "GRANT " + PRIVILEGE + " ON *.* TO " + grants.account() + ";"));
        }
        return found;
    }
}
