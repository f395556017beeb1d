package dev.widekey.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.csmh.CheckReport;
import dev.widekey.sandbox.csmh.CheckReport.Finding;
import dev.widekey.sandbox.csmh.ClientProcess;
import dev.widekey.sandbox.csmh.Flags;
import dev.widekey.sandbox.csmh.SimulatorReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoResultTest {
    private static final CheckReport EQUAL = new CheckReport(10, 12, 0, Map.of(), Map.of());
    private static final ClientProcess.Report CLIENT = new ClientProcess.Report(5, 5, 0, 0);
    private static final Flags DONE = new Flags(true, false);

    @Test
    void lastLineHoldsTheRealValues() {
        assertThat(new DemoResult(EQUAL, application(0, 0), CLIENT, DONE, Flags.STAGES, false).line())
                .isEqualTo("demo: parity=equal rows=12 flags=write:extended,read:extended lost=0 ghost=0");

        CheckReport bad = new CheckReport(
                10, 12, 0, Map.of(Finding.LOST, 3L, Finding.GHOST, 1L), Map.of(Finding.LOST, List.of(1L)));
        assertThat(new DemoResult(bad, application(0, 0), CLIENT, Flags.DEFAULT, List.of(Flags.DEFAULT), false).line())
                .isEqualTo("demo: parity=different rows=12 flags=write:old,read:multiple lost=3 ghost=1");
    }

    @Test
    void everythingMustBeRight() {
        List<Flags> legal = Flags.STAGES;
        assertThat(new DemoResult(EQUAL, application(0, 0), CLIENT, DONE, legal, false).isRight())
                .isTrue();
        ClientProcess.Report misread = new ClientProcess.Report(5, 5, 0, 1);
        assertThat(new DemoResult(EQUAL, application(0, 0), misread, DONE, legal, false).isRight())
                .isFalse();
        ClientProcess.Report idle = new ClientProcess.Report(0, 5, 0, 0);
        assertThat(new DemoResult(EQUAL, application(0, 0), idle, DONE, legal, false).isRight())
                .isFalse();
        assertThat(new DemoResult(EQUAL, application(1, 0), CLIENT, DONE, legal, false).isRight())
                .isFalse();
        assertThat(new DemoResult(EQUAL, application(0, 1), CLIENT, DONE, legal, false).isRight())
                .isFalse();
        assertThat(new DemoResult(EQUAL, application(0, 0), CLIENT, new Flags(true, true), legal.subList(0, 2), false)
                        .isRight())
                .isFalse();
        assertThat(new DemoResult(
                                EQUAL,
                                application(0, 0),
                                CLIENT,
                                DONE,
                                List.of(legal.get(0), new Flags(false, false), DONE),
                                false)
                        .isRight())
                .isFalse();
        assertThat(new DemoResult(
                                new CheckReport(10, 12, 1, Map.of(), Map.of()),
                                application(0, 0),
                                CLIENT,
                                DONE,
                                legal,
                                false)
                        .isRight())
                .isFalse();
        assertThat(new DemoResult(
                                new CheckReport(10, 12, 0, Map.of(Finding.STALE, 1L), Map.of()),
                                application(0, 0),
                                CLIENT,
                                DONE,
                                legal,
                                false)
                        .isRight())
                .isFalse();
    }

    @Test
    void whoWasSentBackIsWhereItBegan() {
        List<Flags> history = DemoResult.THERE_AND_BACK;
        assertThat(new DemoResult(EQUAL, application(0, 0), CLIENT, Flags.DEFAULT, history, true).isRight())
                .isTrue();
        assertThat(new DemoResult(EQUAL, application(0, 0), CLIENT, DONE, Flags.STAGES, true).isRight())
                .isFalse();
    }

    private static SimulatorReport application(long wrongReads, long wrongFlags) {
        return new SimulatorReport(1, 1, 1, 1, 1, 1, 3, 100, wrongReads, wrongFlags, 0, 0, List.of());
    }
}
