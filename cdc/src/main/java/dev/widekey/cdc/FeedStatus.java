package dev.widekey.cdc;

import java.time.Duration;
import java.util.Optional;

/**
 * The stream's health at one moment.
 *
 * @param connected whether a reader is up and has heard from the source within three keep-alive intervals
 * @param lag age of the newest thing handed to the listener, zero when the stream stands at the end of the log; empty when
 *     unknown, which callers treat as too much
 * @param silence time since anything, a server heartbeat included, was heard
 * @param changes row changes handed to the listener since start
 * @param restarts how often the reader was rebuilt
 * @param lastError the last reason for a rebuild, empty when there was none
 */
public record FeedStatus(
        boolean connected, Optional<Duration> lag, Duration silence, long changes, long restarts, String lastError) {}
