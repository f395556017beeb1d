/**
 * Everything that would stop a migration, found before its first write: both servers, both tables and the rows that do not
 * fit.
 *
 * <p>Changes nothing. The entry type is {@link dev.widekey.daemon.preflight.Preflight}.
 */
@NullMarked
package dev.widekey.daemon.preflight;

import org.jspecify.annotations.NullMarked;
