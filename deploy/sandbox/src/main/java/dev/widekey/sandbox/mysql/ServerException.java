package dev.widekey.sandbox.mysql;

/** A server could not be unpacked, started, reached or stopped; the message says what to do about it. Immutable. */
public final class ServerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what failed and what a person can do
     */
    public ServerException(String message) {
        super(message);
    }

    /**
     * Makes the exception.
     *
     * @param message what failed and what a person can do
     * @param cause why
     */
    public ServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
