package dev.widekey.daemon.hook;

/** A way to tell somebody outside what has happened. Used by one thread; {@link #close} by any. */
public interface Hook extends AutoCloseable {

    /** Its name in the state, the metrics and the log; the same for good. */
    String name();

    /**
     * Hands an event over, within some seconds.
     *
     * @throws HookException when it cannot be said that the receiver has it; it may be sent again
     */
    void send(Event event) throws HookException;

    /** Ends within some seconds, whatever the receiver does. */
    @Override
    void close();
}
