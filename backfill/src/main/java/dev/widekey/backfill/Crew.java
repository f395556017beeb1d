package dev.widekey.backfill;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Lock;

/**
 * Some workers that do the same work side by side and end together. A port, so that a simulation can decide which of them goes on.
 *
 * <p>Thread-safe.
 */
public interface Crew {

    /** A thread for each worker, and ordinary locks. */
    static Crew ofThreads() {
        return new ThreadCrew();
    }

    /**
     * Runs the work on so many workers and returns when all of them have ended. Work that fails tells the others to stop by itself.
     *
     * @param name of the workers, which are numbered from 1
     * @return what each worker's run returned, in the order they ended
     * @throws SQLException the first failure, the others attached to it
     */
    <T> List<T> run(String name, int workers, Callable<T> work) throws SQLException, InterruptedException;

    /** A lock for what the workers do by turns. */
    Lock lock();
}
