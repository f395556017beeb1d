package dev.widekey.daemon.audit.anomalies;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What is known of one class while an audit runs. Thread-safe. */
final class Tally {
    private final AnomalyClass of;
    private final TreeSet<BigInteger> keys = new TreeSet<>();
    private long rows;
    private Optional<String> gaveUp = Optional.empty();

    Tally(AnomalyClass of) {
        this.of = of;
    }

    AnomalyClass of() {
        return of;
    }

    synchronized void add(long more) {
        rows += more;
    }

    /** How many more keys are wanted. */
    synchronized int wanted() {
        return Anomalies.SAMPLES - keys.size();
    }

    synchronized void sample(List<BigInteger> more) {
        keys.addAll(more);
        while (keys.size() > Anomalies.SAMPLES) {
            keys.pollLast();
        }
    }

    synchronized void giveUp(String why) {
        gaveUp = Optional.of(why);
    }

    synchronized boolean isGivenUp() {
        return gaveUp.isPresent();
    }

    synchronized Finding finding() {
        List<String> sample = new ArrayList<>();
        keys.forEach(key -> sample.add(key.toString()));
        return new Finding(of, rows, sample, gaveUp);
    }
}
