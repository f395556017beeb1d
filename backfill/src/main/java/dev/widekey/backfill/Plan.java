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

    /** The chunk with the highest number, empty when none is planned. */
    Optional<Chunk> last() throws SQLException;

    /** The chunk the order has come furthest with; splitting makes it another one than the {@link #last}. */
    Optional<Chunk> furthest(ChunkOrder order) throws SQLException;

    /** The chunks planned but not recorded as copied, in plan order. */
    List<Chunk> uncopied() throws SQLException;

    /** Adds a chunk; its number is that of the last one plus one. */
    void add(Chunk chunk) throws SQLException;

    /**
     * Cuts a chunk that is not copied in two, both at once: what is above {@code at} becomes a chunk of its own.
     *
     * @param at a key inside the chunk
     * @param number of the new chunk: that of the last one plus one
     * @return what stays of the chunk, then the new one
     */
    List<Chunk> split(Chunk chunk, long at, long number) throws SQLException;
}
