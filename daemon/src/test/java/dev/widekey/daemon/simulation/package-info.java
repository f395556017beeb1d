/**
 * A deterministic simulation of the copy: the real classes against a source and a target made of memory, one seed one run.
 *
 * <p>After the example of FoundationDB. Everything below JDBC is simulated: two servers with MySQL's rules for visibility, locks and commits, and a
 * binlog with its reader. Everything above is the production code. {@link dev.widekey.daemon.simulation.Schedule} lets one actor run at a time
 * and decides at every statement, every lock and every hand-over who goes on, so that the seed decides everything: who is slow, what fails, when
 * a process dies. There is no clock. A run that goes wrong is repeated, step by step, by its seed.
 *
 * <p>{@link dev.widekey.daemon.simulation.World} puts a run together and {@link dev.widekey.daemon.simulation.Claims} says what must hold.
 */
package dev.widekey.daemon.simulation;
