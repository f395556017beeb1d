package dev.widekey.sandbox.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What one suite found: printed as it comes, and kept for the page. Used by one thread. */
final class Report {
    private final String suite;
    private final PrintStream out;
    private final long began;
    private final List<String> page = new ArrayList<>();
    private final List<Bar> bars = new ArrayList<>();

    /** @param began {@code nanoTime} of the run's beginning */
    Report(String suite, PrintStream out, long began) {
        this.suite = suite;
        this.out = out;
        this.began = began;
    }

    /** Prints what is going on. */
    void say(String what) {
        out.printf(
                "bench | %5ds %s: %s%n",
                Duration.ofNanos(System.nanoTime() - began).toSeconds(), suite, what);
    }

    /** Prints a result and keeps it for the page: a line of Markdown. */
    void result(String line) {
        say(line);
        page.add(line);
    }

    /** Keeps a line for the page alone. */
    void page(String line) {
        page.add(line);
    }

    void bar(Bar bar) {
        out.println(bar.line());
        bars.add(bar);
    }

    List<Bar> bars() {
        return bars;
    }

    /** The suite's part of the page, after what it was measured with. */
    List<String> lines(List<String> circumstances) {
        List<String> lines = new ArrayList<>(circumstances);
        lines.addAll(page);
        if (!bars.isEmpty()) {
            lines.add("");
            lines.add("| Bar | Measured | Wanted | |");
            lines.add("|---|---|---|---|");
            bars.forEach(bar -> lines.add(bar.row()));
        }
        return lines;
    }
}
