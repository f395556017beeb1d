/**
 * The whole migration in a few minutes on one machine, with real servers, a busy application and a daemon that is killed on purpose.
 *
 * <p>Owns the demo command and the daemon as a process. Knows the daemon only by its launcher, its configuration file, its exit code
 * and its tables. The entry type is {@link dev.widekey.sandbox.demo.Demo}; tests that kill the daemon use
 * {@link dev.widekey.sandbox.demo.DaemonProcess}.
 */
@NullMarked
package dev.widekey.sandbox.demo;

import org.jspecify.annotations.NullMarked;
