/**
 * The process: command line, wiring, and how it starts and ends.
 *
 * <p>Everything is built here with {@code new}, in dependency order; nothing else knows the whole. The entry types are {@link
 * dev.widekey.daemon.Main} and {@link dev.widekey.daemon.Daemon}.
 */
@NullMarked
package dev.widekey.daemon;

import org.jspecify.annotations.NullMarked;
