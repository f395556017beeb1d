package dev.widekey.daemon.forecast;

/**
 * What is to be expected of the source. Immutable.
 *
 * @param ids of its table's key
 * @param log its binlog
 */
public record Forecast(Exhaustion ids, Survival log) {
    /** Nobody has looked yet. */
    public static final Forecast UNKNOWN = new Forecast(Exhaustion.UNKNOWN, Survival.unknown("source"));

    /** For people, in few words. */
    public String text() {
        return ids.text() + "; " + log.text();
    }
}
