package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.Dice;
import dev.widekey.sandbox.csmh.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** The keys of one writer, which nobody else touches. Used by its thread. */
final class OwnKeys {
    private static final int BLOCK = 64;

    private final long lastLoaded;
    private final Dice dice;
    private final NavigableSet<Long> live;
    private final NavigableSet<Long> free;
    private final NavigableSet<Long> born = new TreeSet<>();

    /**
     * Keys at the start of a round.
     *
     * @param live with a row in the old table
     * @param free without one
     * @param lastLoaded the highest key there was at the start; above it keys are the table's to give out
     */
    OwnKeys(List<Long> live, List<Long> free, long lastLoaded, Dice dice) {
        this.live = new TreeSet<>(live);
        this.free = new TreeSet<>(free);
        this.lastLoaded = lastLoaded;
        this.dice = dice;
    }

    /** Keys with a row in the old table. */
    NavigableSet<Long> live() {
        return live;
    }

    /** Keys on which a row may be put. */
    NavigableSet<Long> free() {
        return free;
    }

    /** Keys of rows born in the extended table. */
    NavigableSet<Long> born() {
        return born;
    }

    /** Whether a row may be put on that key again once it is deleted. */
    boolean mayComeBack(long id) {
        return id <= lastLoaded;
    }

    /** The neighbours of a key that have rows. */
    List<Long> block(long id) {
        long first = id / BLOCK * BLOCK;
        return new ArrayList<>(live.subSet(first, first + BLOCK));
    }

    /** Takes in what a transaction has left. */
    void take(Unit unit) {
        unit.after().forEach((id, stamp) -> {
            boolean there = stamp != Truth.ABSENT;
            if (unit.side() == Side.EXTENDED) {
                put(born, id, there);
            } else {
                put(live, id, there);
                put(free, id, !there && mayComeBack(id));
            }
        });
    }

    /** Different keys of one of the sets, as many as that at most; half of the time near the place that is being copied. */
    List<Long> some(NavigableSet<Long> keys, int count, long frontier) {
        List<Long> drawn = new ArrayList<>();
        if (keys.isEmpty()) {
            return drawn;
        }
        long first = keys.first();
        long span = keys.last() - first + 1;
        if (frontier > first && frontier < keys.last() && dice.chance(0.5)) {
            first = Math.max(first, frontier - 3L * BLOCK);
            span = 8L * BLOCK;
        }
        for (int i = 0; i < count; i++) {
            Long key = keys.ceiling(first + Math.floorMod(dice.nextLong(), span));
            if (key != null && !drawn.contains(key)) {
                drawn.add(key);
            }
        }
        return drawn;
    }

    private static void put(NavigableSet<Long> keys, long id, boolean there) {
        boolean ignored = there ? keys.add(id) : keys.remove(id);
    }
}
