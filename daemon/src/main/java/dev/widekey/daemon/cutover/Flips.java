package dev.widekey.daemon.cutover;

import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.flags.FlagException;
import dev.widekey.flags.FlagPair;
import dev.widekey.flags.Routing;
import dev.widekey.flags.RoutingException;
import dev.widekey.flags.Stage;
import io.github.resilience4j.retry.Retry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the application's two flags, as the daemon takes them: each is idempotent, and what became of a write whose answer was lost is found out
 * by reading, so each is repeated until it is known to have happened. Thread-safe.
 */
public final class Flips {
    /** How the daemon signs its flips; its epoch follows. */
    public static final String OWNER = "widekey epoch ";

    private static final Logger log = LoggerFactory.getLogger(Flips.class);

    private final Routing routing;
    private final String owner;
    private final Retry retry;

    /**
     * Wires it.
     *
     * @param owner who flips, for the flags' history
     * @param retry for reads and writes of the flags that fail for a passing reason
     */
    public Flips(Routing routing, String owner, Retry retry) {
        this.routing = routing;
        this.owner = owner;
        this.retry = retry;
    }

    /** Both flags as they are. */
    public FlagPair pair() {
        return routing.pair();
    }

    /**
     * Where the application is.
     *
     * @throws HaltException for the forbidden pair
     */
    public Stage stage() {
        try {
            return retry.executeSupplier(routing::stage);
        } catch (RoutingException forbidden) {
            throw unexpected(String.valueOf(forbidden.getMessage()));
        }
    }

    /**
     * Makes sure that both flags are stored, with the values the application uses anyway. A flip whose outcome is not known yet, as one that a person is asked
     * for, is waited for.
     *
     * @return where the application is
     * @throws HaltException for the forbidden pair, or when a flag is missing and the application is not on the source
     */
    public Stage initialise(String reason) {
        try {
            return retry.executeSupplier(() -> routing.initialise(owner, reason));
        } catch (RoutingException forbidden) {
            throw unexpected(String.valueOf(forbidden.getMessage()));
        }
    }

    /** Whether the application's writes have left the source. */
    public boolean writesAreMoved() {
        return stage() != Stage.BEFORE;
    }

    /** Whether the write flag was last written by a daemon. */
    boolean writesWereMovedByUs() {
        return pair().write().filter(flag -> flag.owner().startsWith(OWNER)).isPresent();
    }

    void require(Stage stage) {
        Stage found = stage();
        if (found != stage) {
            throw unexpected("they should be at " + stage + " but are at " + found);
        }
    }

    void moveWrites(String reason) {
        flip(() -> routing.moveWrites(owner, reason));
    }

    /** Tries once, for whoever cannot wait until it passes; whether it happened then is for {@link #stage} to say. */
    void tryMoveWrites(String reason) {
        try {
            routing.moveWrites(owner, reason);
            CrashPoint.BETWEEN_FLIPS.reached();
        } catch (FlagException failure) {
            log.warn("the write flag is not flipped: {}", failure.getMessage());
        }
    }

    void moveReads(String reason) {
        flip(() -> routing.moveReads(owner, reason));
    }

    void returnReads(String reason) {
        flip(() -> routing.returnReads(owner, reason));
    }

    /** As {@link #tryMoveWrites}. */
    void tryReturnReads(String reason) {
        try {
            routing.returnReads(owner, reason);
            CrashPoint.BETWEEN_FLIPS_BACK.reached();
        } catch (FlagException failure) {
            log.warn("the read flag is not flipped back: {}", failure.getMessage());
        }
    }

    void returnWrites(String reason) {
        flip(() -> routing.returnWrites(owner, reason));
    }

    private void flip(Runnable flip) {
        try {
            retry.executeRunnable(flip);
        } catch (FlagException failure) {
            throw new HaltException(
                    HaltException.Reason.FLAGS_UNEXPECTED,
                    "a flag could not be flipped: " + failure.getMessage() + "; start again once the cause is gone",
                    failure);
        }
    }

    HaltException unexpected(String what) {
        return new HaltException(
                HaltException.Reason.FLAGS_UNEXPECTED,
                "the application's flags are not where the migration left them: " + what + " (" + routing.pair()
                        + "); set them back, then start again");
    }
}
