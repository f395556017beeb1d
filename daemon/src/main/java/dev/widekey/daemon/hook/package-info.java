/**
 * Telling others that every row is verified and that the flags have moved, so that they can drop or warm their caches.
 *
 * <p>Owns the table {@code hook} of the state. What there is to tell is derived from {@code phase_history}; nothing here is waited for by the
 * phases, and no failure here reaches them. See {@link dev.widekey.daemon.hook.Hooks}.
 */
@NullMarked
package dev.widekey.daemon.hook;

import org.jspecify.annotations.NullMarked;
