package dev.widekey.daemon.config;

/** Whether the work of the daemon follows the state of the two servers. */
public enum Pacing {
    /** It slows down and speeds up by the signals. */
    AUTO,
    /** Only the budget, the stream's lag and the pause hold it back. */
    OFF
}
