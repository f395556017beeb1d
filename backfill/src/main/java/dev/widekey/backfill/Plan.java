package dev.widekey.backfill;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The durable plan: which chunks exist and which of them are copied. A port; the one who stores it makes {@link #add} durable before
 * it returns, and records a chunk as copied in the transaction that writes its rows ({@link Window#commit}).
 *
 * <p>Called by one thread at a time.
 */
public interface Plan {

    /** The chunk planned last, empty when none is. */
    Optional<Chunk> last() throws SQLException;

    /** The chunks planned but not recorded as copied, in plan order. */
    List<Chunk> uncopied() throws SQLException;

    /** Adds a chunk; its number is that of the last one plus one. */
    void add(Chunk chunk) throws SQLException;
}
