package dev.widekey.backfill.parity;

import io.github.resilience4j.retry.Retry;
import java.sql.SQLException;
import java.util.concurrent.Callable;

/** Reads that are tried again when they fail for a passing reason. Thread-safe. */
final class Reads {
    private final Retry retry;

    Reads(Retry retry) {
        this.retry = retry;
    }

    /** What the query reads. */
    <T> T of(Callable<T> query) throws SQLException {
        try {
            return retry.executeCallable(query);
        } catch (SQLException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new SQLException("comparison failed", failure);
        }
    }
}
