package dev.widekey.daemon.repair;

import java.sql.SQLException;
import java.util.Collection;
import java.util.function.BooleanSupplier;

/** The stream, as a repair sees it. A port. */
public interface Touching {

    /**
     * Reads the rows with these keys from the source and writes them to the target, in their turn among the changes of the stream; a row that the
     * source does not have is deleted on the target.
     *
     * @return whether it is done; false when {@code giveUp} became true first
     */
    boolean touch(Collection<Long> keys, BooleanSupplier giveUp) throws SQLException, InterruptedException;
}
