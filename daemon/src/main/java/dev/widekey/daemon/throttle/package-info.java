/**
 * How much of the two servers the daemon takes: the budget, the pace that follows the servers' state, the settings that change while it runs, and what
 * holds the copy back.
 *
 * <p>Knows no phase. The entry type is {@link dev.widekey.daemon.throttle.Governor}.
 */
@NullMarked
package dev.widekey.daemon.throttle;

import org.jspecify.annotations.NullMarked;
