package dev.widekey.flags.client;

import java.util.Optional;

/**
 * A row that is not the same on both sides although it stood still for longer than the stream takes. Immutable.
 *
 * @param id its id
 * @param shown the row on the side that reads go by, empty when it is not there
 * @param other the row on the other side, empty when it is not there
 */
public record Difference(long id, Optional<Object> shown, Optional<Object> other) {}
