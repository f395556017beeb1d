package dev.widekey.sandbox.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The daemon as a process of its own. Everything it prints is appended to a log file. It does not outlive this process, however this
 * process ends. Safe for use by several threads.
 */
public final class DaemonProcess implements AutoCloseable {
    private static final int TAIL = 40;
    private static final long KILL_SECONDS = 30;

    // The pipe closes with the process that holds it, SIGKILL included. Only a process started with this configuration
    // is killed.
    private static final String WATCHDOG = """
            trap '' INT TERM HUP
            read -r line
            if tr '\\0' '\\n' < "/proc/$1/cmdline" | grep -qxF -e "$2"; then kill -KILL "$1"; fi
            """;

    private final Process process;
    private final Process watchdog;
    private final Thread pump;
    private final Thread hook;
    private final Deque<String> tail = new ArrayDeque<>();

    private DaemonProcess(Process process, Process watchdog, Path log, Consumer<String> lines) {
        this.process = process;
        this.watchdog = watchdog;
        this.hook = new Thread(this::destroy, "daemon-cleanup");
        this.pump = new Thread(() -> pump(log, lines), "daemon-output");
        Runtime.getRuntime().addShutdownHook(hook);
        pump.setDaemon(true);
        pump.start();
    }

    /**
     * Starts {@code launcher run --config FILE}.
     *
     * @param launcher the repository's {@code deploy/bin/widekey} or a program that behaves like it
     * @param config the daemon's configuration file
     * @param log file that its output is appended to
     * @param environment variables set in addition to this process's own
     * @param lines receives each line of output, on another thread
     */
    public static DaemonProcess start(
            Path launcher, Path config, Path log, Map<String, String> environment, Consumer<String> lines)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(launcher.toString(), "run", "--config", config.toString()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        Process watchdog = new ProcessBuilder(
                        "sh", "-c", WATCHDOG, "widekey-watchdog", Long.toString(process.pid()), config.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new DaemonProcess(process, watchdog, log, lines);
    }

    /** Starts the daemon with this process's environment. */
    public static DaemonProcess start(Path launcher, Path config, Path log, Consumer<String> lines) throws IOException {
        return start(launcher, config, log, Map.of(), lines);
    }

    /** Process number of the launcher, which is the daemon's own once it has replaced itself. */
    public long pid() {
        return process.pid();
    }

    /** True until the process has ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end; empty when it is still running after that time. */
    public OptionalInt await(Duration time) throws InterruptedException {
        if (!process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
            return OptionalInt.empty();
        }
        settle();
        return OptionalInt.of(process.exitValue());
    }

    /** Asks the daemon to stop in an orderly way (SIGTERM) and returns at once. */
    public void terminate() {
        // The handle, unlike the process, leaves the output open, so that the last lines are read.
        process.toHandle().destroy();
    }

    /** Ends the daemon and everything it started with SIGKILL and waits until it is gone. */
    public void kill() throws InterruptedException {
        destroy();
        if (!process.waitFor(KILL_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("process " + pid() + " survives SIGKILL");
        }
        settle();
    }

    /** The last lines it printed. */
    public List<String> lastLines() {
        synchronized (tail) {
            return new ArrayList<>(tail);
        }
    }

    /** Kills the daemon if it still runs. */
    @Override
    public void close() throws InterruptedException {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // This process is ending; the hook finds a dead process.
            return;
        }
    }

    /** The process is gone: its output is read to the end and nobody needs to watch it. */
    private void settle() throws InterruptedException {
        pump.join();
        watchdog.destroyForcibly();
    }

    private void destroy() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }

    private void pump(Path log, Consumer<String> lines) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
                Writer file = Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                file.write(line);
                file.write('\n');
                file.flush();
                remember(line);
                lines.accept(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the daemon's output cannot be kept", e);
        }
    }

    private void remember(String line) {
        synchronized (tail) {
            tail.addLast(line);
            if (tail.size() > TAIL) {
                tail.removeFirst();
            }
        }
    }
}
