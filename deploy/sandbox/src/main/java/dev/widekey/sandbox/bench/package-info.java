/**
 * Measures the daemon against other ways to move the same rows between the same two servers.
 *
 * <p>{@link dev.widekey.sandbox.bench.Bench} is the command. A {@code Suite} measures one thing; a {@code Contender} is one way to copy. Everything is
 * judged by ratios within one run: absolute times belong to a machine.
 */
@NullMarked
package dev.widekey.sandbox.bench;

import org.jspecify.annotations.NullMarked;
