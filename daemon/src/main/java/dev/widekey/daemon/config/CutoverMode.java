package dev.widekey.daemon.config;

/** How the application's writes move from the source to the target. */
public enum CutoverMode {
    /** The databases refuse writes for a moment, in which both sides are equal and still. */
    FENCED,
    /** No write is refused: an id gap keeps old and new writers apart until the source is silent. */
    ROLLING
}
