/**
 * The configuration file: what it may say, what holds when it says nothing, and everything that is wrong with it at once.
 *
 * <p>Looks at no server. The entry type is {@link dev.widekey.daemon.config.ConfigLoader}.
 */
@NullMarked
package dev.widekey.daemon.config;

import org.jspecify.annotations.NullMarked;
