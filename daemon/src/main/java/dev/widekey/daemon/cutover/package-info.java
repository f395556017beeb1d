/**
 * Moving the application: proving parity, and going on proving it until the gate opens, reserving the id gap, flipping the write flag, draining the stragglers, flipping the read flag.
 *
 * <p>The rolling cutover: no write is ever refused. The gap keeps the ids of the two writers apart while both write; the stream carries the
 * stragglers' rows over. The entry type is {@link dev.widekey.daemon.cutover.Cutover}.
 */
@NullMarked
package dev.widekey.daemon.cutover;

import org.jspecify.annotations.NullMarked;
