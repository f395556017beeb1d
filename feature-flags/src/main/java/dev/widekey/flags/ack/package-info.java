/**
 * Who has seen which version of the application's two flags, and how sure the daemon may be after a flip that nobody acts on
 * the flags of before.
 *
 * <p>An application instance tells the store what it acts on, again and again; {@link dev.widekey.flags.ack.Acknowledgements}
 * keeps it, {@link dev.widekey.flags.ack.Roll} is what the daemon reads from it, {@link dev.widekey.flags.ack.Strength} names
 * what that is worth next to the other ways to end a flip.
 */
@NullMarked
package dev.widekey.flags.ack;

import org.jspecify.annotations.NullMarked;
