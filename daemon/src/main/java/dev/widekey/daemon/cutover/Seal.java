package dev.widekey.daemon.cutover;

import dev.widekey.cdc.Position;
import dev.widekey.daemon.fence.Fence;
import dev.widekey.daemon.fence.Nudge;
import dev.widekey.daemon.state.CrashPoint;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The end of one side in a rolling move: a fence that comes up when that side is silent, and behind it everything that was written there is carried over
 * (the model's {@code Raise} and {@code Mark}). Used by the migration's thread.
 */
public final class Seal {
    private final String side;
    private final Fence fence;
    private final Nudge nudge;
    private final Cutover.Drain stream;
    private final Duration lockWait;
    private final Duration patience;
    private final LongSupplier nanoTime;

    /** What became of an attempt. */
    sealed interface Result {

        /**
         * The side takes no write any more, and the stream has carried over what it took.
         *
         * @param end behind the last write
         */
        record Holds(Position end) implements Result {}

        /** It does not hold; a fence may be up. */
        record Not(String why) implements Result {}
    }

    /**
     * Wires it.
     *
     * @param side its name, for a person
     * @param nudge of the same side
     * @param stream from that side
     * @param lockWait how long the fence may wait for open transactions at once
     * @param patience how long the stream may take to the end behind the fence
     */
    public Seal(
            String side,
            Fence fence,
            Nudge nudge,
            Cutover.Drain stream,
            Duration lockWait,
            Duration patience,
            LongSupplier nanoTime) {
        this.side = side;
        this.fence = fence;
        this.nudge = nudge;
        this.stream = stream;
        this.lockWait = lockWait;
        this.patience = patience;
        this.nanoTime = nanoTime;
    }

    /** Puts the fence up and nothing more. Whether it is up. */
    boolean shut() throws SQLException {
        return fence.raise(lockWait, () -> {}) instanceof Fence.Result.Up;
    }

    /** Tries once. */
    Result put(BooleanSupplier stopping) throws SQLException, InterruptedException {
        if (!(fence.raise(lockWait, () -> {}) instanceof Fence.Result.Up up)) {
            return new Result.Not("open transactions hold the " + side + " table for longer than cutover.lock-wait; "
                    + fence.holders());
        }
        CrashPoint.SEALED.reached();
        long began = nanoTime.getAsLong();
        boolean reached;
        try (Nudge.Going ignored = nudge.start()) {
            reached = stream.reach(
                    up.end(), () -> stopping.getAsBoolean() || nanoTime.getAsLong() - began > patience.toNanos());
        }
        return reached
                ? new Result.Holds(up.end())
                : new Result.Not("the stream was not at the end of the " + side
                        + "'s log within cutover.max-pause behind the seal");
    }

    /** Takes the fence down. */
    void lift() throws SQLException {
        fence.takeDown();
    }

    /** Whether the fence is up. */
    boolean isOn() throws SQLException {
        return fence.isUp();
    }
}
