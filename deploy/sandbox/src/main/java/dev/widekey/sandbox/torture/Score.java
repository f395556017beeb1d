package dev.widekey.sandbox.torture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was done and found, over one round or several. Not thread-safe. */
public final class Score {
    private final Map<String, Integer> points = new TreeMap<>();
    private final Map<String, Integer> faults = new TreeMap<>();
    private final List<Double> recoveries = new ArrayList<>();
    private int rounds;
    private int moments;
    private int missed;
    private int voids;
    private int restarts;
    private long writes;
    private long failed;
    private long unknown;
    private long racingDeletes;
    private long lost;
    private long ghosts;
    private long stale;

    /** The daemon died at a crash point, as it was told to. */
    void killedAt(String point) {
        points.merge(point, 1, Integer::sum);
    }

    /** The daemon was killed at a moment of nobody's choice. */
    void killedAtMoment() {
        moments++;
    }

    /** A crash point did not come up in time; the daemon was killed somewhere else. */
    void missed() {
        missed++;
    }

    void struck(Fault fault) {
        faults.merge(fault.option(), 1, Integer::sum);
    }

    boolean hasStruck(Fault fault) {
        return faults.containsKey(fault.option());
    }

    /** The daemon gave up during a fault and was started again, as a service would be. */
    void restarted() {
        restarts++;
    }

    void recovered(double seconds) {
        recoveries.add(seconds);
    }

    /** A round has come to its end and was checked. */
    void judged(Truth truth, WriterTally tally, Audit audit) {
        rounds++;
        writes += truth.writes();
        failed += tally.failed.get();
        unknown += tally.unknown.get();
        racingDeletes += tally.racingDeletes.get();
        lost += audit.lost().size();
        ghosts += audit.ghosts().size();
        stale += audit.stale().size();
    }

    /** A round whose writers could not keep their promise: nothing it did or found counts. */
    void isVoid() {
        voids++;
    }

    /** Adds what another score holds. */
    void add(Score other) {
        other.points.forEach((point, count) -> points.merge(point, count, Integer::sum));
        other.faults.forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
        recoveries.addAll(other.recoveries);
        rounds += other.rounds;
        moments += other.moments;
        missed += other.missed;
        voids += other.voids;
        restarts += other.restarts;
        writes += other.writes;
        failed += other.failed;
        unknown += other.unknown;
        racingDeletes += other.racingDeletes;
        lost += other.lost;
        ghosts += other.ghosts;
        stale += other.stale;
    }

    /** Kills of the daemon. */
    public int kills() {
        return moments + points.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Faults of the surroundings. */
    public int faults() {
        return faults.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Rows written by acknowledged transactions. */
    public long writes() {
        return writes;
    }

    /** Acknowledged deletes in chunks that were about to be read or being read. */
    public long racingDeletes() {
        return racingDeletes;
    }

    /** Acknowledged rows that were not there. */
    public long lost() {
        return lost;
    }

    /** Rows that should not have been there. */
    public long ghosts() {
        return ghosts;
    }

    /** Rows of another content. */
    public long stale() {
        return stale;
    }

    /** Rounds that were checked. */
    public int rounds() {
        return rounds;
    }

    /** How often the daemon died at each crash point. */
    public Map<String, Integer> points() {
        return Collections.unmodifiableMap(points);
    }

    /** Lines for people. */
    List<String> lines() {
        List<Double> sorted = recoveries.stream().sorted().toList();
        List<String> lines = new ArrayList<>();
        lines.add("rounds           " + rounds + " checked, " + voids + " void");
        lines.add("kills            " + kills() + ": " + moments + " at random moments (" + missed
                + " of them since a point did not come up), " + (kills() - moments) + " at " + points.size()
                + " crash points");
        points.forEach((point, count) -> lines.add(String.format("  %-24s %d", point, count)));
        lines.add("faults           " + faults());
        faults.forEach((fault, count) -> lines.add(String.format("  %-24s %d", fault, count)));
        lines.add("given up         " + restarts + " times during a fault, started again");
        lines.add("acknowledged     " + writes + " rows written, changed or deleted");
        lines.add("not acknowledged " + failed + " rows refused or rolled back; " + unknown
                + " commits without an answer, each settled by reading");
        lines.add(
                sorted.isEmpty()
                        ? "recoveries       none"
                        : String.format(
                                "recoveries       %d, from the kill to the place found again: median %.1f s, longest %.1f s",
                                sorted.size(), sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1)));
        return lines;
    }
}
