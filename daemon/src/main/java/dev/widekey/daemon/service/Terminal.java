package dev.widekey.daemon.service;

import java.util.Map;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The progress bar of the copy, drawn on standard error where a person looks at a terminal. Thread-safe. */
public final class Terminal implements AutoCloseable {
    private static final long STEPS = 100;

    private Optional<ProgressBar> bar = Optional.empty();
    private final boolean interactive;

    /** Draws only if {@code interactive}. */
    public Terminal(boolean interactive) {
        this.interactive = interactive;
    }

    /** Whether a person looks at a terminal: the launcher knows, and says so in the environment. */
    public static boolean isInteractive(Map<String, String> environment) {
        return environment.containsKey("WIDEKEY_TERMINAL");
    }

    /** Shows how far the copy is; the first call draws the bar, a copy that is complete ends it. */
    public synchronized void show(double fraction, String detail) {
        if (!interactive) {
            return;
        }
        if (fraction >= 1) {
            close();
            return;
        }
        if (bar.isEmpty()) {
            bar = Optional.of(new ProgressBarBuilder()
                    .setTaskName("copy")
                    .setInitialMax(STEPS)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(500)
                    .hideEta()
                    .build());
        }
        bar.get().stepTo((long) (fraction * STEPS));
        bar.get().setExtraMessage(detail);
    }

    /** Whether a bar is on the screen. */
    public synchronized boolean isDrawing() {
        return bar.isPresent();
    }

    @Override
    public synchronized void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }
}
