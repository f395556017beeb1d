package dev.widekey.daemon.throttle;

/** What a signal says at one moment. */
sealed interface Reading {

    /**
     * A value and what it may be.
     *
     * @param value in the signal's unit
     * @param limit above which it is too much
     */
    record Value(double value, double limit) implements Reading {
        /** Above 1 it is too much. */
        double ratio() {
            return value / limit;
        }
    }

    /** It could not be read, which counts as bad. */
    record Unknown(String why) implements Reading {}
}
