package dev.widekey.sandbox.csmh;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/**
 * Where an application that keeps the flags contract goes. Immutable.
 *
 * @param flags the two flags
 * @param old the side of old rows, and the one that is right where both have a row
 */
record Where(Flags flags, Side old) {
    private static final String FENCED = "widekey.fenced";
    private static final String RETURNING = "widekey.returning";

    /** What the flags and the switches say; the flags first, since the switches are turned around them. */
    static Where read(Connection target, String stateSchema, String migration) throws SQLException {
        Flags flags = Flags.read(target, stateSchema, migration);
        if (flags.equals(Flags.DEFAULT) && !Flags.areStored(target, stateSchema)) {
            return new Where(flags, Side.OLD);
        }
        Set<String> on = new HashSet<>();
        try (PreparedStatement query = target.prepareStatement(
                "SELECT name FROM " + stateSchema + ".flag WHERE migration = ? AND enabled AND name IN (?, ?)")) {
            query.setString(1, migration);
            query.setString(2, FENCED);
            query.setString(3, RETURNING);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    on.add(row.getString(1));
                }
            }
        }
        boolean targetWins = on.contains(RETURNING) || (flags.extended() && (on.contains(FENCED) || !flags.multiple()));
        return new Where(flags, targetWins ? Side.EXTENDED : Side.OLD);
    }

    /** The side of new rows. */
    Side writes() {
        return flags.extended() ? Side.EXTENDED : Side.OLD;
    }

    /** Whether old rows are on the other side than new ones. */
    boolean isSplit() {
        return writes() != old;
    }

    boolean reads(Side side) {
        return side == Side.EXTENDED ? flags.extended() || old == Side.EXTENDED : flags.multiple();
    }
}
