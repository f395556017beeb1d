package dev.widekey.daemon.simulation;

import java.util.EnumSet;
import java.util.Set;

/** What goes wrong in a run: which kinds, and how many times at most. */
final class Mischief {
    private final Chance chance;
    private final Tally tally;
    private final Schedule schedule;
    private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    private int left;

    Mischief(Chance chance, Tally tally, Schedule schedule) {
        this.chance = chance;
        this.tally = tally;
        this.schedule = schedule;
        int share = chance.of(java.util.List.of(0, 10, 25, 50, 100));
        for (Kind kind : Kind.values()) {
            if (chance.percent(kind == Kind.FAIL_OVER ? share / 8 : share)) {
                kinds.add(kind);
            }
        }
        left = chance.of(java.util.List.of(1, 2, 3, 5, 8, 13));
    }

    /** Whether it happens at this opportunity. */
    boolean strikes(Kind kind) {
        if (left == 0 || !kinds.contains(kind) || !chance.percent(kind.likely)) {
            return false;
        }
        strike(kind);
        return true;
    }

    /** The weight of a happening of this kind. */
    int weight(Kind kind) {
        return left > 0 && kinds.contains(kind) ? kind.likely : 0;
    }

    void strike(Kind kind) {
        left--;
        tally.count(kind);
        schedule.note("FAULT", kind.name());
    }
}
