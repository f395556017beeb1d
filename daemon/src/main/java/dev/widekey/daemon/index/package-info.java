/**
 * Late secondary indexes: set aside while the target is empty, built in one pass after the copy, exactly as they were.
 *
 * <p>The entry type is {@link dev.widekey.daemon.index.LateIndexes}.
 */
@NullMarked
package dev.widekey.daemon.index;

import org.jspecify.annotations.NullMarked;
