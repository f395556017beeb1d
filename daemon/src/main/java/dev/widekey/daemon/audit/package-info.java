/**
 * What both audits stand on: a table that is read in ranges of keys, in read-only sessions, with a bounded time for each statement.
 *
 * <p>Knows connections and retries, and nothing of what copies or compares.
 */
@NullMarked
package dev.widekey.daemon.audit;

import org.jspecify.annotations.NullMarked;
