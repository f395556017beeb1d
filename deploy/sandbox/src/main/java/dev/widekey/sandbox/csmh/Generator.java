package dev.widekey.sandbox.csmh;

import java.time.LocalDateTime;
import java.util.Arrays;

/**
 * A courseware history as it is found in the wild, repeatable to the byte: the same seed and row count give the same rows.
 *
 * <p>Modules live side by side in time, so neighbouring keys belong to different modules. Rows are computed on demand from a small
 * plan; a million rows take some 20 MB. Immutable after construction, hence thread-safe.
 */
public final class Generator {
    /** Rows of the default size. */
    public static final int DEFAULT_ROWS = 282_393;

    private static final int DEFAULT_MODULES = 48_449;
    private static final int MODULES_PER_STUDENT = 12;
    private static final LocalDateTime FIRST_SECOND = LocalDateTime.of(2015, 2, 1, 0, 0);
    private static final int SPAN_SECONDS = 400 * 86_400;
    private static final int[] INPUTS = {1, 2, 3, 5, 10, 20, 40};
    private static final int[] INPUT_WEIGHTS = {50, 15, 15, 10, 6, 3, 1};

    private static final byte EMPTY = 0;
    private static final byte SEED = 1;
    private static final byte FULL = 2;

    private final long seed;
    private final int modules;
    private final int[] ids;
    private final int[] moduleOf;
    private final int[] secondOf;
    private final byte[] attemptOf;
    private final byte[] kindOf;

    /**
     * Plans a history.
     *
     * @param seed decides everything
     * @param rows how many history rows, at least 1
     */
    public Generator(long seed, int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("rows must be at least 1, not " + rows);
        }
        this.seed = seed;
        this.modules = Math.max(1, (int) ((long) rows * DEFAULT_MODULES / DEFAULT_ROWS));
        this.ids = new int[rows];
        this.moduleOf = new int[rows];
        this.secondOf = new int[rows];
        this.attemptOf = new byte[rows];
        this.kindOf = new byte[rows];
        plan();
    }

    /** How many history rows there are. */
    public int rows() {
        return ids.length;
    }

    /** How many modules there are; their keys are 1 to this number. */
    public int modules() {
        return modules;
    }

    /** How many students there are; their keys are 1 to this number. */
    public int students() {
        return (modules - 1) / MODULES_PER_STUDENT + 1;
    }

    /** The greatest key of a history row. */
    public int lastId() {
        return ids[ids.length - 1];
    }

    /** The student a module belongs to. */
    int studentOf(long module) {
        return (int) ((module - 1) / MODULES_PER_STUDENT) + 1;
    }

    /** Number of inputs of a module's problem. */
    int inputsOf(long module) {
        int draw = Dice.of(seed, module).below(100);
        int index = 0;
        while (draw >= INPUT_WEIGHTS[index]) {
            draw -= INPUT_WEIGHTS[index];
            index++;
        }
        return INPUTS[index];
    }

    /**
     * One row.
     *
     * @param index from 0 to {@link #rows()} - 1; keys ascend with it
     */
    public HistoryRow row(int index) {
        int module = moduleOf[index];
        int attempt = attemptOf[index];
        int inputs = inputsOf(module);
        LocalDateTime created = FIRST_SECOND.plusSeconds(secondOf[index]);
        // The copies of one attempt share their answers and differ at most in key order.
        Dice answers = Dice.of(seed ^ module, attempt);
        boolean swapped = Dice.of(seed, -ids[index]).chance(0.5);
        ProblemState full = ProblemState.attempt(module, inputs, Math.max(1, attempt), created, answers, swapped);
        String state = switch (kindOf[index]) {
            case EMPTY -> ProblemState.EMPTY;
            case SEED -> ProblemState.seed(module, inputs);
            default -> full.json();
        };
        return HistoryRow.written(
                ids[index], module, created, state, ProblemState.grade(attempt, full.points()), (double) inputs);
    }

    private void plan() {
        // An event is one visit: its second in the high half, its place in the list in the low half, so that sorting
        // keeps ties in order.
        long[] events = new long[modules * 42 + 16];
        int[] eventModule = new int[events.length];
        byte[] eventAttempt = new byte[events.length];
        int count = 0;
        for (int module = 1; module <= modules; module++) {
            Dice dice = Dice.of(~seed, module);
            long second = dice.below(SPAN_SECONDS);
            // Attempt 0 is the first look, which leaves a row for half of the modules.
            int first = dice.chance(0.5) ? 0 : 1;
            int last = dice.chance(0.75) ? dice.pareto(1.2, 40) : 0;
            for (int attempt = first; attempt <= last; attempt++) {
                events[count] = second << 32 | count;
                eventModule[count] = module;
                eventAttempt[count] = (byte) attempt;
                count++;
                second += 1 + dice.below(dice.chance(0.9) ? 300 : 86_400);
            }
        }
        Arrays.sort(events, 0, count);
        fill(events, count, eventModule, eventAttempt);
    }

    private void fill(long[] events, int count, int[] eventModule, byte[] eventAttempt) {
        Dice dice = Dice.of(seed, Long.MIN_VALUE);
        int row = 0;
        int id = 1;
        // A small history may come out shorter than ordered; its visits then happen again later.
        for (int round = 0; row < ids.length; round++) {
            for (int e = 0; e < count && row < ids.length; e++) {
                int event = (int) events[e];
                int second = (int) (events[e] >>> 32) + round * SPAN_SECONDS;
                byte attempt = eventAttempt[event];
                byte[] kinds = kinds(attempt, dice);
                for (int k = 0; k < kinds.length && row < ids.length; k++) {
                    ids[row] = id;
                    moduleOf[row] = eventModule[event];
                    secondOf[row] = second;
                    attemptOf[row] = attempt;
                    kindOf[row] = kinds[k];
                    row++;
                    id += dice.chance(0.003) ? 2 + dice.below(40) : 1;
                }
            }
        }
    }

    private static byte[] kinds(byte attempt, Dice dice) {
        if (attempt == 0) {
            return new byte[] {EMPTY};
        }
        boolean doubled = dice.chance(0.5);
        if (attempt == 1) {
            return doubled ? new byte[] {SEED, FULL, FULL} : new byte[] {SEED, FULL};
        }
        return doubled ? new byte[] {FULL, FULL} : new byte[] {FULL};
    }
}
