package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/** One way to copy the history. Used by one thread; keeps nothing from lap to lap. */
interface Contender {

    String name();

    /** What is missing and how to get it; empty when it can be run. */
    default Optional<String> missing() {
        return Optional.empty();
    }

    /** Version of the tool, for the page. */
    String version() throws IOException, InterruptedException;

    /** The table in the target's schema that the rows end up in. */
    default String table() {
        return World.EXTENDED_TABLE;
    }

    /**
     * Copies the history into the empty target.
     *
     * @throws MissingException when only the attempt shows that something is missing
     * @throws FailedException when the copy did not come to its end
     */
    Lap copy(Servers servers) throws IOException, SQLException, InterruptedException;

    /** Something to compare with is not there. */
    final class MissingException extends RuntimeException {
        private static final long serialVersionUID = 1;

        MissingException(String what) {
            super(what);
        }
    }

    /** A contender or a suite did not do what it was asked to; the run is not valid. */
    final class FailedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        FailedException(String what) {
            super(what);
        }
    }
}
