/**
 * The Open edX courseware history as it was in 2016: its tables, its data, its application and an independent checker.
 *
 * <p>Owns the schemas, a repeatable generator, an application simulator that remembers everything the servers acknowledged, and a
 * checker that shares no code with the daemon. Talks to the daemon only through MySQL. The entry type is
 * {@link dev.widekey.sandbox.csmh.World}.
 */
@NullMarked
package dev.widekey.sandbox.csmh;

import org.jspecify.annotations.NullMarked;
