package dev.widekey.flags;

/** The application's two flags are not in a state the step may start from. Nothing was changed. Immutable. */
public final class RoutingException extends FlagException {

    private static final long serialVersionUID = 1L;

    RoutingException(String step, FlagPair found, String expected) {
        super(step + " refused: found " + found + ", expected " + expected + "; nothing was changed", null);
    }
}
