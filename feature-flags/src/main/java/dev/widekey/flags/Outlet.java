package dev.widekey.flags;

import java.util.Map;
import java.util.Set;

/**
 * A place outside the daemon's own tables where the application looks for its flags. It holds values alone: version, owner,
 * reason and history are the journal's, see {@link RelayedFlagStore}.
 *
 * <p>What is not known for certain is no value: a flag that depends on who asks, or that cannot be read, is an {@link
 * OutletException}. {@link Object#toString} says for people which place it is, without secrets. Implementations are safe for
 * use by several threads; several processes may use one place.
 */
public interface Outlet {

    /**
     * What the application sees now, as of one moment. A flag that is not set there is left out: the application then uses its
     * default.
     */
    Map<String, Boolean> read(Set<String> names) throws OutletException;

    /** Sets one flag for everybody, and returns once that is durable. Setting a flag to the value it has changes nothing. */
    void write(String name, boolean value) throws OutletException;

    /** Finds out, changing nothing, whether these flags can be read, and as far as that can be told whether they can be written. */
    default void check(Set<String> names) throws OutletException {
        read(names);
    }
}
