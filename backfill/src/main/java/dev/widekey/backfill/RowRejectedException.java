package dev.widekey.backfill;

import java.sql.SQLException;

/**
 * The target refuses a row for what it contains. Trying again cannot help; a person decides about the row.
 */
public final class RowRejectedException extends SQLException {
    private static final long serialVersionUID = 1L;

    private final long key;

    /** Names the row by its key; the cause is the server's own complaint. */
    public RowRejectedException(long key, SQLException cause) {
        super(
                "the target refuses the row with key " + key + ": " + cause.getMessage(),
                cause.getSQLState(),
                cause.getErrorCode(),
                cause);
        this.key = key;
    }

    /** The row's primary key. */
    public long key() {
        return key;
    }
}
