package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.demo.DaemonProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One process of the daemon, from its start to its death, with what it says about where it is. Safe for use by several threads.
 */
final class Life implements AutoCloseable {
    private static final Pattern RESUMED = Pattern.compile(" Migration: in phase (\\w+)$");
    private static final Pattern MOVED = Pattern.compile(" Migration: \\w+ -> (\\w+): ");
    private static final Pattern OWNS = Pattern.compile(" Ownership: owning migration ");

    private final long startedAt = System.nanoTime();
    private final DaemonProcess process;
    private String phase = "";
    private boolean owns;
    private long resumedAt;

    private Life(Path launcher, Path config, Path log, String javaOptions) throws IOException {
        this.process =
                DaemonProcess.start(launcher, config, log, Map.of("WIDEKEY_JAVA_OPTS", javaOptions), this::heard);
    }

    /** Starts the daemon. */
    static Life start(Path launcher, Path config, Path log, String javaOptions) throws IOException {
        return new Life(launcher, config, log, javaOptions);
    }

    private synchronized void heard(String line) {
        Matcher moved = MOVED.matcher(line);
        Matcher resumed = RESUMED.matcher(line);
        if (moved.find()) {
            phase = moved.group(1);
        } else if (resumed.find()) {
            phase = resumed.group(1);
            resumedAt = System.nanoTime();
        } else if (OWNS.matcher(line).find()) {
            owns = true;
        }
        notifyAll();
    }

    /** The phase it has said it is in; empty before. */
    synchronized String phase() {
        return phase;
    }

    /** Whether it has said that the migration is its own. */
    synchronized boolean owns() {
        return owns;
    }

    /** When it had found its place again ({@link System#nanoTime}); empty before. */
    synchronized OptionalLong resumedAt() {
        return resumedAt == 0 ? OptionalLong.empty() : OptionalLong.of(resumedAt);
    }

    /** Nanoseconds since the start of the process. */
    long age() {
        return System.nanoTime() - startedAt;
    }

    /** Waits until it has found its place, has ended, or that time is over. */
    synchronized void awaitResumed(Duration most) throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        while (resumedAt == 0 && process.isAlive() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.timedWait(this, 50);
        }
    }

    /** Waits for its end. */
    OptionalInt await(Duration most) throws InterruptedException {
        return process.await(most);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it with SIGKILL. */
    void kill() throws InterruptedException {
        process.kill();
    }

    /** Sends it a signal by name. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (kill.waitFor() != 0) {
            throw new IOException("process " + process.pid() + " cannot be sent " + name);
        }
    }

    List<String> lastLines() {
        return process.lastLines();
    }

    @Override
    public void close() throws InterruptedException {
        process.close();
    }
}
