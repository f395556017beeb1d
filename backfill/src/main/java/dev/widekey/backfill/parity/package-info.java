/**
 * Parity: comparing every row of both tables, byte for byte, while they are written.
 *
 * <p>Owns its own listing of keys and its own SQL and shares no code with the copy, so that an error of the copy cannot hide from it. Takes no
 * lock. Reads digests made by the servers over the columns' exact content; a difference counts only once it has stood still while the stream
 * passed everything that could explain it. The entry type is {@link dev.widekey.backfill.parity.ParityCheck}.
 */
@NullMarked
package dev.widekey.backfill.parity;

import org.jspecify.annotations.NullMarked;
