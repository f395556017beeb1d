package dev.widekey.sandbox.demo;

import dev.widekey.sandbox.csmh.World;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The daemon over as many processes as kills make necessary. Used by one thread. */
public final class Daemons implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration COMMAND = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(90);
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");

    private final DaemonFiles files;
    private final Path config;
    private final Path log;
    private final KillPlan plan;
    private final DaemonState state;
    private final Consumer<String> say;
    private final long deadline;
    private final Map<String, String> environment;
    private @Nullable DaemonProcess running;
    private volatile Optional<URI> address = Optional.empty();

    /** What somebody waits for while the daemon runs. */
    public interface Condition {
        /** Whether it has come. */
        boolean holds() throws SQLException, IOException, InterruptedException;
    }

    /**
     * None runs yet.
     *
     * @param environment variables of the daemon in addition to this process's own
     * @param timeout seconds for everything
     */
    public Daemons(
            World world,
            DaemonFiles files,
            Path config,
            Path log,
            Map<String, String> environment,
            KillPlan plan,
            int timeout,
            Consumer<String> say) {
        this.environment = Map.copyOf(environment);
        this.files = files;
        this.config = config;
        this.log = log;
        this.plan = plan;
        this.state = new DaemonState(world);
        this.say = say;
        this.deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeout);
    }

    /** Runs it until the migration stands in this phase, and lets it run on. */
    public boolean runTo(String phase) throws IOException, InterruptedException, SQLException {
        return runUntil(() -> state.phase().equals(Optional.of(phase)));
    }

    /** Runs it until then, and lets it run on. */
    public boolean runUntil(Condition condition) throws IOException, InterruptedException, SQLException {
        return run(Optional.of(condition));
    }

    /** Runs it to its end. */
    public boolean runToTheEnd() throws IOException, InterruptedException, SQLException {
        return run(Optional.empty());
    }

    private boolean run(Optional<Condition> until) throws IOException, InterruptedException, SQLException {
        while (true) {
            DaemonProcess daemon = running == null ? start() : running;
            running = daemon;
            OptionalInt exit = daemon.await(LOOK);
            if (exit.isPresent()) {
                running = null;
                return isGood(exit, daemon) && until.isEmpty();
            }
            if (until.isPresent() && until.get().holds()) {
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
        DaemonProcess daemon = DaemonProcess.start(files.launcher(), config, log, environment, this::hear);
        say.accept("the daemon runs as process " + daemon.pid());
        return daemon;
    }

    private void hear(String line) {
        System.out.println("widekey | " + line);
        Matcher listening = LISTENING.matcher(line);
        if (listening.find()) {
            address = Optional.of(URI.create(listening.group(1)));
        }
    }

    /** Where the daemon that began last answers; empty before one did. For any thread. */
    public Optional<URI> address() {
        return address;
    }

    /** Asks the daemon to stop, as the service manager does; the next run starts another one. */
    public boolean stop() throws InterruptedException {
        DaemonProcess daemon = running;
        if (daemon == null) {
            return true;
        }
        daemon.terminate();
        OptionalInt exit = daemon.await(STOP);
        close();
        return isGood(exit, daemon);
    }

    /** Turns one of the daemon's switches, as an operator does. */
    public void turn(String name, boolean on) throws IOException, InterruptedException {
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
            say.accept("the daemon has ended");
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
