/**
 * Real MySQL servers for tests and the demo.
 *
 * <p>Owns unpacking, starting, killing and removing MySQL 8.0.33 on this machine, and reaching servers somebody else runs. Does
 * not know any table. The entry types are {@link dev.widekey.sandbox.mysql.TestServers} for tests that share two servers
 * and {@link dev.widekey.sandbox.mysql.MySqlServer} for a server of one's own.
 */
@NullMarked
package dev.widekey.sandbox.mysql;

import org.jspecify.annotations.NullMarked;
