/**
 * What the two tables look like, and whether every row of the one fits into the other exactly.
 *
 * <p>Reads definitions only, never rows. The entry types are {@link dev.widekey.daemon.table.TableDefinition} and {@link
 * dev.widekey.daemon.table.Compatibility}.
 */
@NullMarked
package dev.widekey.daemon.table;

import org.jspecify.annotations.NullMarked;
