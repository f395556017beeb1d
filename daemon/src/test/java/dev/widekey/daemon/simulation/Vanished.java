package dev.widekey.daemon.simulation;

/** Unwinds an actor whose process is gone, or whose run is over. Nobody handles it. */
final class Vanished extends Error {
    private static final long serialVersionUID = 1L;

    Vanished() {
        super("this process is gone", null, false, false);
    }
}
