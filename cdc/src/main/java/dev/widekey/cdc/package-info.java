/**
 * The ordered stream of row changes of one table on the source.
 *
 * <p>Owns positions, their order, loss detection and the health of the stream. Does not know how rows are written, what a
 * chunk is or what a flag is. The entry type is {@link dev.widekey.cdc.ChangeFeed}.
 */
@NullMarked
package dev.widekey.cdc;

import org.jspecify.annotations.NullMarked;
