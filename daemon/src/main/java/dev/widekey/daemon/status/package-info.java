/**
 * Being seen: the snapshot of what the daemon does, the recurring line made from it, metrics, health and the HTTP endpoint.
 *
 * <p>Reads, never steers. The entry type is {@link dev.widekey.daemon.status.Observation}.
 */
@NullMarked
package dev.widekey.daemon.status;

import org.jspecify.annotations.NullMarked;
