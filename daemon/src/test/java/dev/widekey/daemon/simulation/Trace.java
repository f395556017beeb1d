package dev.widekey.daemon.simulation;

import java.util.ArrayList;
import java.util.List;

/** What happened, step by step: the last steps in words, all of them in a number. */
final class Trace {
    private static final int KEPT = 240;

    private final String[] who = new String[KEPT];
    private final String[] what = new String[KEPT];
    private final Object[] detail = new Object[KEPT];
    private final boolean aloud;
    private long steps;
    private long hash;

    /** @param aloud whether to print every step as it happens */
    Trace(boolean aloud) {
        this.aloud = aloud;
    }

    /** Adds a step; the detail is a value whose hash and text do not depend on the machine. */
    void add(String actor, String step, Object about) {
        int slot = (int) (steps++ % KEPT);
        who[slot] = actor;
        what[slot] = step;
        detail[slot] = about;
        hash = hash * 0x100000001B3L ^ actor.hashCode();
        hash = hash * 0x100000001B3L ^ step.hashCode();
        hash = hash * 0x100000001B3L ^ about.hashCode();
        if (aloud) {
            System.out.println(line(slot));
        }
    }

    /** Differs as soon as two runs differ anywhere. */
    long hash() {
        return hash;
    }

    /** The last steps, oldest first. */
    List<String> last(int most) {
        List<String> lines = new ArrayList<>();
        for (long step = Math.max(0, steps - Math.min(KEPT, most)); step < steps; step++) {
            lines.add(line((int) (step % KEPT)));
        }
        return lines;
    }

    private String line(int slot) {
        return String.format("  %-14s %-22s %s", who[slot], what[slot], detail[slot]);
    }
}
