/**
 * Torture: real servers, writers that remember every answer, a daemon that is killed over and over, and a check of every row that shares no code
 * with it.
 *
 * <p>{@link dev.widekey.sandbox.torture.Torture} is the command, {@link dev.widekey.sandbox.torture.Round} one migration from empty tables to the
 * verdict.
 */
@NullMarked
package dev.widekey.sandbox.torture;

import org.jspecify.annotations.NullMarked;
