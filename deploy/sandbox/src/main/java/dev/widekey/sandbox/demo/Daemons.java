package dev.widekey.sandbox.demo;

import dev.widekey.sandbox.csmh.World;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The daemon over as many processes as kills make necessary. Used by one thread. */
final class Daemons implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration COMMAND = Duration.ofSeconds(60);

    private final DaemonFiles files;
    private final Path config;
    private final Path log;
    private final KillPlan plan;
    private final DaemonState state;
    private final Consumer<String> say;
    private final long deadline;
    private @Nullable DaemonProcess running;

    Daemons(World world, DaemonFiles files, Path config, Path log, KillPlan plan, int timeout, Consumer<String> say) {
        this.files = files;
        this.config = config;
        this.log = log;
        this.plan = plan;
        this.state = new DaemonState(world);
        this.say = say;
        this.deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeout);
    }

    /** Runs it until the migration stands in this phase, and lets it run on. */
    boolean runTo(String phase) throws IOException, InterruptedException, SQLException {
        return run(Optional.of(phase));
    }

    /** Runs it to its end. */
    boolean runToTheEnd() throws IOException, InterruptedException, SQLException {
        return run(Optional.empty());
    }

    private boolean run(Optional<String> phase) throws IOException, InterruptedException, SQLException {
        while (true) {
            DaemonProcess daemon = running == null ? start() : running;
            running = daemon;
            OptionalInt exit = daemon.await(LOOK);
            if (exit.isPresent()) {
                running = null;
                return phase.isEmpty() && isGood(exit, daemon);
            }
            if (phase.isPresent() && state.phase().equals(phase)) {
                return true;
            }
            if (plan.isDue(state, System.nanoTime())) {
                daemon.kill();
                daemon.close();
                running = null;
                say.accept("killed the daemon in phase " + state.phase().orElse("none") + " with "
                        + state.copiedChunks() + " chunks copied");
            } else if (System.nanoTime() > deadline) {
                return isGood(OptionalInt.empty(), daemon);
            }
        }
    }

    private DaemonProcess start() throws IOException {
        DaemonProcess daemon =
                DaemonProcess.start(files.launcher(), config, log, line -> System.out.println("widekey | " + line));
        say.accept("the daemon runs as process " + daemon.pid());
        return daemon;
    }

    /** Turns one of the daemon's switches, as an operator does. */
    void turn(String name, boolean on) throws IOException, InterruptedException {
        say.accept(name + (on ? " on" : " off"));
        Process command = new ProcessBuilder(
                        files.launcher().toString(),
                        "flags",
                        "set",
                        "--config",
                        config.toString(),
                        name,
                        on ? "on" : "off")
                .inheritIO()
                .start();
        if (!command.waitFor(COMMAND.toSeconds(), TimeUnit.SECONDS) || command.exitValue() != 0) {
            command.destroyForcibly();
            throw new IOException("the switch " + name + " could not be turned");
        }
    }

    private boolean isGood(OptionalInt exit, DaemonProcess daemon) {
        if (exit.equals(OptionalInt.of(0))) {
            say.accept("the daemon is done");
            return true;
        }
        say.accept("the daemon "
                + (exit.isPresent() ? "ended with exit code " + exit.getAsInt() : "is not done in time")
                + "; its last lines, all of them are in " + log + ":");
        daemon.lastLines().forEach(System.out::println);
        return false;
    }

    /** Ends the daemon as the service manager does, so that nothing of the stream is under way. */
    @Override
    public void close() throws InterruptedException {
        DaemonProcess daemon = running;
        if (daemon != null) {
            daemon.close();
            running = null;
        }
    }
}
