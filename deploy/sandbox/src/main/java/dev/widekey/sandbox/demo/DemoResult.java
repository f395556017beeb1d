package dev.widekey.sandbox.demo;

import dev.widekey.sandbox.csmh.CheckReport;
import dev.widekey.sandbox.csmh.CheckReport.Finding;
import dev.widekey.sandbox.csmh.ClientProcess;
import dev.widekey.sandbox.csmh.Flags;
import dev.widekey.sandbox.csmh.SimulatorReport;
import java.util.List;

/**
 * What came out, and whether it is right. Immutable.
 *
 * @param check the independent comparison
 * @param application what the application did and saw
 * @param flags the flags at the end
 * @param flagHistory the flags over time
 * @param client what the process did that goes by the Java client
 * @param back whether the application was sent back
 */
record DemoResult(
        CheckReport check,
        SimulatorReport application,
        ClientProcess.Report client,
        Flags flags,
        List<Flags> flagHistory,
        boolean back) {
    /** The stages, and back. */
    static final List<Flags> THERE_AND_BACK = List.of(
            new Flags(false, true),
            new Flags(true, true),
            new Flags(true, false),
            new Flags(true, true),
            new Flags(false, true));

    boolean isRight() {
        return check.isEqual()
                && check.unknown() == 0
                && application.wrongReads() == 0
                && application.wrongFlags() == 0
                && application.reads() > 0
                && client.isRight()
                && flagHistory.equals(legal())
                && flags.equals(legal().get(legal().size() - 1));
    }

    private List<Flags> legal() {
        return back ? THERE_AND_BACK : Flags.STAGES;
    }

    /** The last line of the demo. */
    String line() {
        return "demo: parity=" + (check.isEqual() ? "equal" : "different")
                + " rows=" + check.targetRows()
                + " flags=write:" + (flags.extended() ? "extended" : "old")
                + ",read:" + (flags.multiple() ? "multiple" : "extended")
                + " lost=" + check.count(Finding.LOST)
                + " ghost=" + check.count(Finding.GHOST);
    }

    static String text(Flags flags) {
        return "(" + flags.extended() + "," + flags.multiple() + ")";
    }
}
