package dev.widekey.flags.client;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** How a side that is fenced refuses a write: {@code SIGNAL SQLSTATE '45000'} in a trigger, with a message of a fixed beginning. */
final class Refusal {

    private static final String STATE = "45000";
    private static final int CODE = 1644;
    private static final String PREFIX = "widekey: ";
    private static final int DEPTH = 20;

    private Refusal() {}

    /** Whether a failure is a refusal or was caused by one. */
    static boolean isIn(Throwable failure) {
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEPTH; depth++) {
            if (cause instanceof SQLException sql && isRefusal(sql)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isRefusal(SQLException failure) {
        String message = failure.getMessage();
        return STATE.equals(failure.getSQLState())
                && failure.getErrorCode() == CODE
                && message != null
                && message.startsWith(PREFIX);
    }
}
