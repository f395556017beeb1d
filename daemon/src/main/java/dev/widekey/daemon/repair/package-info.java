/**
 * Rows that differ: what comparisons found, what a person has asked to repair, and the repair itself.
 *
 * <p>Owns the tables {@code difference} and {@code repair} of the state and the file that {@code verify} writes. A repair is a touch that is in no
 * log; see {@link dev.widekey.daemon.repair.Repairs}.
 */
@NullMarked
package dev.widekey.daemon.repair;

import org.jspecify.annotations.NullMarked;
