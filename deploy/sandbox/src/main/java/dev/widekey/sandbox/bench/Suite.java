package dev.widekey.sandbox.bench;

import java.io.IOException;
import java.sql.SQLException;

/** One thing that is measured. Used by one thread. */
interface Suite {

    /** Its name on the command line and on the page. */
    String name();

    /**
     * Measures and reports.
     *
     * @throws Contender.FailedException when the result cannot be trusted
     */
    void run(Order order, Report report) throws IOException, SQLException, InterruptedException;
}
