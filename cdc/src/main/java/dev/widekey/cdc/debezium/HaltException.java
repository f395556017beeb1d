package dev.widekey.cdc.debezium;

import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.FeedHalt.Reason;

/** The stream cannot go on without losing changes. */
final class HaltException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient FeedHalt halt;

    HaltException(Reason reason, String message) {
        super(message);
        this.halt = new FeedHalt(reason, message);
    }

    FeedHalt halt() {
        return halt;
    }
}
