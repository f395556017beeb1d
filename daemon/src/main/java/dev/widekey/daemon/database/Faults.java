package dev.widekey.daemon.database;

import dev.widekey.flags.FlagException;
import dev.widekey.flags.OutletException;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells failures that pass by themselves from those that do not. Stateless.
 *
 * <p>Error numbers are MySQL's own, from its server error message reference.
 */
public final class Faults {
    /** Access denied, in the forms the server says it. */
    private static final Set<Integer> REFUSED = Set.of(1044, 1045, 1142, 1143, 1227, 1370, 1698, 3118, 3955);

    /**
     * Lock wait timeout, deadlock, too many connections, shutdown, interrupted or killed, read-only, disk full (of temporary files too), log
     * or lock table full, lost connection, and aborted handshakes.
     */
    private static final Set<Integer> PASSING = Set.of(
            1205,
            1213,
            1040,
            1203,
            1053,
            1317,
            1927,
            3024,
            3169,
            1290,
            1836,
            1792,
            3,
            20,
            1021,
            1026,
            1114,
            1534,
            1878,
            1206,
            1197,
            1158,
            1159,
            1160,
            1161,
            1152,
            1184,
            1042,
            1043,
            2002,
            2003,
            2006,
            2013,
            // The table got or lost a trigger more often than the server prepares a statement anew.
            1615);

    /**
     * No such table or database, unknown column, another number of columns, a column that has to be named, a definition that changed, a table whose
     * file is gone.
     */
    private static final Set<Integer> TABLE = Set.of(1146, 1049, 1051, 1054, 1136, 1364, 1412, 1812, 1814, 1932);

    /** A packet above the limit: the server cuts the connection, and would cut the next one too. */
    private static final int PACKET_TOO_LARGE = 1153;

    private Faults() {}

    /** Whether trying the whole unit of work again, from its start, can succeed without anybody's help. */
    public static boolean passes(@Nullable Throwable failure) {
        Throwable cause = failure instanceof FlagException ? failure.getCause() : failure;
        if (cause instanceof OutletException outlet) {
            return outlet.passes();
        }
        if (!(cause instanceof SQLException sql)) {
            return false;
        }
        if (isRefusal(sql) || sql.getErrorCode() == PACKET_TOO_LARGE) {
            return false;
        }
        return PASSING.contains(sql.getErrorCode())
                || isConnectionLoss(sql)
                || sql instanceof SQLTransientException
                || hasState(sql, "40");
    }

    /** Whether the server refuses the user: a wrong password or a missing privilege. */
    public static boolean isRefusal(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && REFUSED.contains(sql.getErrorCode())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the connection is gone, so that what was sent last may or may not have happened. Inside a result the driver says so by nothing
     * but the cause.
     */
    public static boolean isConnectionLoss(SQLException failure) {
        if (failure instanceof SQLRecoverableException
                || failure instanceof SQLNonTransientConnectionException
                || hasState(failure, "08")) {
            return true;
        }
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    /** Whether the server complains about a value rather than about its own condition. */
    public static boolean isAboutContent(SQLException failure) {
        return !passes(failure) && !isRefusal(failure) && !isAboutTable(failure);
    }

    /** Whether a table is not there or not as it was, so that every row would fail alike. */
    public static boolean isAboutTable(SQLException failure) {
        return TABLE.contains(failure.getErrorCode());
    }

    private static boolean hasState(SQLException failure, String state) {
        return failure.getSQLState() != null && failure.getSQLState().startsWith(state);
    }
}
