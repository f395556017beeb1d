package dev.widekey.sandbox.csmh;

import java.time.Duration;

/**
 * How busy the simulated application is. Immutable; every method returns a changed copy.
 *
 * @param seed decides what the application does, as far as timing lets it
 * @param processes application processes; each row is written by one of them only
 * @param rowsPerSecond history rows written per second by all processes together
 * @param deletesPerSecond modules deleted with their history per second, all together
 * @param rollbacksPerSecond transactions rolled back per second, all together
 * @param cleanHistoryRows rows removed in one large transaction soon after the start, 0 for none
 * @param heldIds keys that one transaction takes early and commits late, 0 for none
 * @param heldFor how long it stays open
 * @param flushEvery time between binlog rotations, zero for none
 * @param firstRestart time from a flip of the write flag to the restart of every process but the straggler
 * @param lastRestart time from the flip to the restart of the straggler
 * @param follows whether processes and reader look at both flags before each request and try again when a fence refuses a write, so that nobody
 *     restarts them; rows are then written, changed and deleted wherever the write flag says
 */
public record SimulatorOptions(
        long seed,
        int processes,
        double rowsPerSecond,
        double deletesPerSecond,
        double rollbacksPerSecond,
        int cleanHistoryRows,
        int heldIds,
        Duration heldFor,
        Duration flushEvery,
        Duration firstRestart,
        Duration lastRestart,
        boolean follows) {

    /** The demo's application on a history of some size. */
    public static SimulatorOptions forHistory(long seed, int rows) {
        return new SimulatorOptions(
                seed,
                3,
                220,
                1,
                1,
                Math.min(20_000, rows / 20),
                50,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofSeconds(8),
                false);
    }

    /** With another rate of history rows; deletes and rollbacks follow in proportion. */
    public SimulatorOptions withRowsPerSecond(double rate) {
        double factor = rate / rowsPerSecond;
        return new SimulatorOptions(
                seed,
                processes,
                rate,
                deletesPerSecond * factor,
                rollbacksPerSecond * factor,
                cleanHistoryRows,
                heldIds,
                heldFor,
                flushEvery,
                firstRestart,
                lastRestart,
                follows);
    }

    /** With another large delete. */
    public SimulatorOptions withCleanHistory(int rows) {
        return new SimulatorOptions(
                seed,
                processes,
                rowsPerSecond,
                deletesPerSecond,
                rollbacksPerSecond,
                rows,
                heldIds,
                heldFor,
                flushEvery,
                firstRestart,
                lastRestart,
                follows);
    }

    /** With another long transaction. */
    public SimulatorOptions withHeldIds(int ids, Duration time) {
        return new SimulatorOptions(
                seed,
                processes,
                rowsPerSecond,
                deletesPerSecond,
                rollbacksPerSecond,
                cleanHistoryRows,
                ids,
                time,
                flushEvery,
                firstRestart,
                lastRestart,
                follows);
    }

    /** With other times for the rolling restart. */
    public SimulatorOptions withRestarts(Duration first, Duration last) {
        return new SimulatorOptions(
                seed,
                processes,
                rowsPerSecond,
                deletesPerSecond,
                rollbacksPerSecond,
                cleanHistoryRows,
                heldIds,
                heldFor,
                flushEvery,
                first,
                last,
                follows);
    }

    /** With other times between binlog rotations. */
    public SimulatorOptions withFlushEvery(Duration time) {
        return new SimulatorOptions(
                seed,
                processes,
                rowsPerSecond,
                deletesPerSecond,
                rollbacksPerSecond,
                cleanHistoryRows,
                heldIds,
                heldFor,
                time,
                firstRestart,
                lastRestart,
                follows);
    }

    /** Of an application that looks at the flags before each request. */
    public SimulatorOptions following() {
        return new SimulatorOptions(
                seed,
                processes,
                rowsPerSecond,
                deletesPerSecond,
                rollbacksPerSecond,
                cleanHistoryRows,
                heldIds,
                // A fence waits for whoever holds the table, and gives up on one that does for long.
                heldFor.compareTo(Duration.ofSeconds(2)) < 0 ? heldFor : Duration.ofSeconds(2),
                flushEvery,
                firstRestart,
                lastRestart,
                true);
    }
}
