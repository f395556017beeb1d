/**
 * Copying the rows that are already there: planning chunks over the key, reading them from the source and handing them to whoever
 * writes them, several at a time, at a pace somebody else decides.
 *
 * <p>Owns the order of chunks, the read, the retry of a chunk and the progress. Does not know how rows are written or how copy and
 * stream are merged: that is behind {@link dev.widekey.backfill.Windows}. Does not know the binlog or the flags. The entry type
 * is {@link dev.widekey.backfill.Backfill}; {@link dev.widekey.backfill.SampleCopy} copies a sample by the same means.
 */
@NullMarked
package dev.widekey.backfill;

import org.jspecify.annotations.NullMarked;
