package dev.widekey.sandbox.demo;

import dev.widekey.sandbox.csmh.CheckReport;
import dev.widekey.sandbox.csmh.CheckReport.Finding;
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
 */
record DemoResult(CheckReport check, SimulatorReport application, Flags flags, List<Flags> flagHistory) {
    static final List<Flags> LEGAL_HISTORY =
            List.of(new Flags(false, true), new Flags(true, true), new Flags(true, false));

    boolean isRight() {
        return check.isEqual()
                && check.unknown() == 0
                && application.wrongReads() == 0
                && application.wrongFlags() == 0
                && application.reads() > 0
                && flagHistory.equals(LEGAL_HISTORY)
                && flags.equals(LEGAL_HISTORY.get(2));
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
