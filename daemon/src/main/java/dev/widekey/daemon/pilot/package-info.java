/**
 * The pilot: a sample of the source's rows copied into a table of its own before the first start, and what that says about the whole table.
 *
 * <p>Owns that table, the measurements beside the copy, and the arithmetic. Knows neither the migration's state nor the target's table, but for its
 * definition. The entry types are {@link dev.widekey.daemon.pilot.ScratchTable} and {@link dev.widekey.daemon.pilot.PilotReport}.
 */
@NullMarked
package dev.widekey.daemon.pilot;

import org.jspecify.annotations.NullMarked;
