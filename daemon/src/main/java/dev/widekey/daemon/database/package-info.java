/**
 * Connections to the two servers: pools, pinned session settings, and which failures pass by themselves.
 *
 * <p>Knows no table. The entry type is {@link dev.widekey.daemon.database.Database}.
 */
@NullMarked
package dev.widekey.daemon.database;

import org.jspecify.annotations.NullMarked;
