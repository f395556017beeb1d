/**
 * Talking to systemd and to a terminal: readiness, status, watchdog, progress.
 *
 * <p>Everything here is silent when there is nobody to talk to. The entry types are {@link dev.widekey.daemon.service.Notify} and {@link
 * dev.widekey.daemon.service.Terminal}.
 */
@NullMarked
package dev.widekey.daemon.service;

import org.jspecify.annotations.NullMarked;
