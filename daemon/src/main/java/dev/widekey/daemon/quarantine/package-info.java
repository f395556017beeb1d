/**
 * Rows the target does not take: their entries, what a person has said about them, and the passes that try them again.
 *
 * <p>Owns the tables {@code quarantine} and {@code acceptance} of the state. A row is never written otherwise than it is and never left out in
 * silence: it is on the target, or its key has an entry, and as long as an entry is not accepted no flag is flipped.
 */
@NullMarked
package dev.widekey.daemon.quarantine;

import org.jspecify.annotations.NullMarked;
