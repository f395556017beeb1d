package dev.widekey.sandbox.scenario;

import dev.widekey.sandbox.csmh.Flags;
import dev.widekey.sandbox.csmh.SimulatorReport;
import dev.widekey.sandbox.mysql.CommandResult;
import java.util.List;
import java.util.OptionalLong;

/**
 * What was seen while the scenario went on. Immutable.
 *
 * @param kills of the daemon
 * @param quarantine what held the approved cutover, and the report at that moment
 * @param gap what held it afterwards
 * @param lag how the stream caught up
 * @param heapPeak most bytes of the daemon's heap in use
 * @param flags the pairs that were in the settings, in order
 * @param readsMoved when the reads moved, by {@link System#nanoTime}
 * @param lastStraggler when the straggler last wrote, by the same clock
 * @param application what the application did and saw
 * @param accepted the report of what was left behind
 * @param rerun the daemon's start after the end
 */
record Observed(
        int kills,
        Block quarantine,
        CommandResult report,
        Block gap,
        CaughtUp lag,
        long heapPeak,
        List<Flags> flags,
        OptionalLong readsMoved,
        OptionalLong lastStraggler,
        SimulatorReport application,
        CommandResult accepted,
        Rerun rerun) {

    /**
     * A cutover that was approved and did not begin.
     *
     * @param reason the daemon's words
     * @param flags at that moment
     */
    record Block(String reason, Flags flags) {
        boolean heldTheFlags() {
            return flags.equals(Flags.DEFAULT);
        }
    }

    /**
     * The stream behind the burst.
     *
     * @param seconds how far it was behind in the end
     * @param after how many seconds behind the burst that was
     */
    record CaughtUp(double seconds, double after) {}

    /**
     * A start of the daemon on a migration that is done.
     *
     * @param output everything it said
     * @param seconds how long it took
     * @param wrote whether either server committed anything meanwhile
     */
    record Rerun(int exit, String output, double seconds, boolean wrote) {}
}
