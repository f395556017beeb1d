/**
 * Compares totals of both sides, told apart by id, day, value and NULL, with means of their own.
 *
 * <p>Shares no code with what copies, applies or compares rows, so that a mistake there does not hide itself here; a test holds that. Entry types are
 * {@link dev.widekey.daemon.audit.totals.Plan} and {@link dev.widekey.daemon.audit.totals.Totals}.
 */
@NullMarked
package dev.widekey.daemon.audit.totals;

import org.jspecify.annotations.NullMarked;
