package dev.widekey.flags.ack;

/** The instances could not be read or written. Whether a write happened is unknown; it may be repeated. Immutable. */
public final class AcknowledgementException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    AcknowledgementException(String message, Throwable cause) {
        super(message, cause);
    }
}
