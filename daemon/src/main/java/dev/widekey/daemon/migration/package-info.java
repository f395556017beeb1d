/**
 * The migration's life from the start to the flip: the phases in order, what each of them does, and where a new process takes up the thread.
 *
 * <p>Holds no SQL. The entry type is {@link dev.widekey.daemon.migration.Migration}.
 */
@NullMarked
package dev.widekey.daemon.migration;

import org.jspecify.annotations.NullMarked;
