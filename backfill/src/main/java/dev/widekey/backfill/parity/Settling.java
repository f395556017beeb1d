package dev.widekey.backfill.parity;

import java.sql.SQLException;

/** The stream, as parity sees it. A port. Thread-safe. */
public interface Settling {

    /** Returns once everything committed on the source before the call is applied on the target. */
    void settle() throws SQLException, InterruptedException;
}
