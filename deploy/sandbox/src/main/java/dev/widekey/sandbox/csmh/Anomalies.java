package dev.widekey.sandbox.csmh;

import dev.widekey.sandbox.csmh.StudentModule.Use;
import java.nio.ByteBuffer;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a real history holds beside the regular: rows that were once allowed, or came about by accident. They are spread over modules that
 * nobody deletes or cleans up, behind a hole in the ids; two of them fit into no extended table. Repeatable. Immutable after construction.
 */
public final class Anomalies {
    /** A key that no unsigned column holds. */
    public static final long NEGATIVE_ID = -5;

    /** How many ids in a row nobody has, before the anomalies begin. */
    public static final int HOLE = 150_000;

    /** A module far beyond every key the modules' table hands out. */
    private static final long ORPHANS = 1_000_000_000L;

    private static final double SHIFTED = 0.02;
    private static final LocalDateTime CREATED = LocalDateTime.of(2016, 4, 1, 12, 0);
    private static final int MEGABYTE = 1 << 20;

    private final long seed;
    private final int modules;
    private final int oversized;
    private final List<HistoryRow> rows = new ArrayList<>();
    private final Dice dice;
    private long next;
    private long oversizedId;

    /**
     * Plans them.
     *
     * @param seed decides everything
     * @param history what they are added to
     * @param oversized bytes of the one state that is larger than the target takes
     */
    public Anomalies(long seed, Generator history, int oversized) {
        this.seed = seed;
        this.modules = history.modules();
        this.oversized = oversized;
        this.dice = Dice.of(seed, Long.MAX_VALUE);
        this.next = (long) history.lastId() + HOLE + 1;
        plan();
    }

    /** All of them, by no particular order. */
    public List<HistoryRow> rows() {
        return List.copyOf(rows);
    }

    /** The keys of those that the extended table cannot take. */
    public Set<Long> unfit() {
        return Set.of(NEGATIVE_ID, oversizedId);
    }

    /** The key of the one that is too large. */
    public long oversizedId() {
        return oversizedId;
    }

    /** Moves some of the regular rows in time, so that it does not ascend with the key everywhere. */
    HistoryRow touch(HistoryRow row) {
        Dice own = Dice.of(seed ^ 5, row.id());
        if (!own.chance(SHIFTED)) {
            return row;
        }
        int seconds = 1 + own.below(5);
        return row.shifted(own.chance(0.5) ? seconds : -seconds);
    }

    private void plan() {
        states();
        grades();
        versions();
        for (int i = 0; i < 500; i++) {
            add(next++, ORPHANS + 1 + i, null, CREATED, text("{\"orphan\": " + i + "}"), 0.5, 1.0);
        }
        for (int i = 0; i < 3; i++) {
            add(next++, module(), null, HistoryRow.ZERO_DATE, text("{\"zero date\": " + i + "}"), null, null);
        }
        add(0, module(), null, CREATED, text("{\"id\": 0}"), 1.0, 1.0);
        // Those that stay behind belong to a module that no reader asks for.
        add(NEGATIVE_ID, orphan(), null, CREATED, text("{\"id\": -5}"), 1.0, 1.0);
        oversizedId = next++;
        add(oversizedId, orphan(), null, CREATED, filler(oversized), 1.0, 1.0);
    }

    private void states() {
        repeat(200, i -> null);
        repeat(50, i -> text(""));
        for (int i = 0; i < 20; i++) {
            // Equal by the columns' collation, different in bytes.
            state(text("{\"answer\": \"Choice " + i + "\"}"));
            state(text("{\"answer\": \"choice " + i + "\"}"));
            state(text("{\"answer\": " + i + "}"));
            state(text("{\"answer\": " + i + "}  "));
        }
        repeat(25, i -> text("{\"truncated " + i + "\": \"no en"));
        repeat(25, i -> text("{\"lone\": \"\\ud83d " + i + "\"}"));
        repeat(25, i -> text("{\"raw\": \"\u65e5\u672c\u8a9e \u20ac " + i + "\"}"));
        repeat(25, i -> text("{\"nul\": \"a\0b " + i + "\"}"));
        repeat(5, i -> filler(MEGABYTE));
        repeat(2, i -> filler(4 * MEGABYTE));
    }

    private void grades() {
        for (double grade : new double[] {0.0, 1.0 / 3, 0.1 + 0.2, 1e-300}) {
            for (int i = 0; i < 100; i++) {
                add(next++, module(), null, CREATED, text("{\"grade\": " + i + "}"), grade, 1.0);
            }
        }
        for (int i = 0; i < 100; i++) {
            add(next++, module(), null, CREATED, text("{\"of nothing\": " + i + "}"), 0.0, 0.0);
        }
    }

    private void versions() {
        for (int i = 0; i < 50; i++) {
            add(next++, module(), text(""), CREATED, text("{\"version\": " + i + "}"), null, null);
            add(next++, module(), text("v1"), CREATED, text("{\"version\": " + i + "}"), null, null);
        }
    }

    private interface States {
        @Nullable
        ByteBuffer state(int number);
    }

    private void repeat(int count, States states) {
        for (int i = 0; i < count; i++) {
            state(states.state(i));
        }
    }

    private void state(@Nullable ByteBuffer state) {
        add(next++, module(), null, CREATED, state, 1.0, 1.0);
    }

    private void add(
            long id,
            long module,
            @Nullable ByteBuffer version,
            LocalDateTime created,
            @Nullable ByteBuffer state,
            @Nullable Double grade,
            @Nullable Double maxGrade) {
        rows.add(new HistoryRow(id, module, version, created, state, grade, maxGrade));
    }

    /** One that is written by the long transaction alone, if there is one. */
    private long module() {
        long start = dice.below(modules);
        for (long i = 0; i < modules; i++) {
            long module = 1 + (start + i) % modules;
            if (new StudentModule(module, 1).use() == Use.HELD) {
                return module;
            }
        }
        return 1 + start;
    }

    private static long orphan() {
        long module = ORPHANS;
        while (new StudentModule(module, 1).use() != Use.HELD) {
            module--;
        }
        return module;
    }

    private static ByteBuffer text(String text) {
        return HistoryRow.bytes(text);
    }

    private static ByteBuffer filler(int bytes) {
        return text("{\"essay\": \"" + "essay ".repeat(bytes / 6) + "\"}");
    }
}
