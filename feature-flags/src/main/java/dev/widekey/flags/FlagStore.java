package dev.widekey.flags;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the flags of one migration live. Every write names what it expects to find, so no write is lost and no late writer
 * overwrites a newer value.
 *
 * <p>A method that returns has happened, durably. {@link FlagConflictException} and {@link FlagStoreException} mean that
 * nothing changed; {@link AmbiguousFlagException} means that nobody knows. Reasons longer than {@link Flag#MAX_REASON} are
 * cut. Implementations are safe for use by several threads and several processes.
 */
public interface FlagStore {

    /** The flag, or empty when it has never been written. */
    Optional<Flag> read(String name);

    /** All flags by name, as of one moment. */
    Map<String, Flag> readAll();

    /**
     * Writes a flag that does not exist yet.
     *
     * @throws FlagConflictException when it exists
     */
    Flag create(String name, boolean enabled, String owner, String reason);

    /**
     * Replaces a flag that is still in the expected version and value, provided that the other flags given are unchanged at
     * the moment of the write too.
     *
     * @param unchanged flags whose version and value the decision rests on; none of them is the flag written
     * @throws FlagConflictException when the flag or one of the others is not as expected
     */
    Flag compareAndSet(Flag expected, boolean enabled, String owner, String reason, List<Flag> unchanged);

    /** Replaces a flag that is still in the expected version and value. */
    default Flag compareAndSet(Flag expected, boolean enabled, String owner, String reason) {
        return compareAndSet(expected, enabled, owner, reason, List.of());
    }

    /** Every write of this migration's flags, oldest first. */
    List<Flag> history();
}
