package dev.widekey.sandbox.demo;

import dev.widekey.sandbox.csmh.CheckReport;
import dev.widekey.sandbox.csmh.Checker;
import dev.widekey.sandbox.csmh.ClientProcess;
import dev.widekey.sandbox.csmh.Generator;
import dev.widekey.sandbox.csmh.Ledger;
import dev.widekey.sandbox.csmh.Simulator;
import dev.widekey.sandbox.csmh.SimulatorOptions;
import dev.widekey.sandbox.csmh.SimulatorReport;
import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.mysql.ExternalServer;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.ServerException;
import dev.widekey.sandbox.mysql.TestServers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The demo command: a busy application, a daemon that moves its history, and a check of every row at the end. Prints to standard
 * output. Used by one thread.
 */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Moves an Open edX history between two real servers while an application keeps writing.")
public final class Demo implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int FOLLOWS_AFTER = 100;
    private static final Duration AFTERWARDS = Duration.ofSeconds(3);

    @Option(names = "--rows", description = "History rows to begin with (default: ${DEFAULT-VALUE}).")
    private int rows = Generator.DEFAULT_ROWS;

    @Option(names = "--seed", description = "Decides the data and the kills (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    /** How the application is moved. */
    enum Mode {
        fenced("fenced", "parity-first"),
        rolling("rolling", "parity-first"),
        writeFirst("rolling", "write-first");

        private final String mode;
        private final String order;

        Mode(String mode, String order) {
            this.mode = mode;
            this.order = order;
        }

        /** As it is written on the command line. */
        @Override
        public String toString() {
            return this == writeFirst ? order : mode;
        }
    }

    @Option(
            names = "--cutover",
            description =
                    "How the application is moved: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). With fenced it looks at the"
                            + " flags before each request; with rolling its processes read the write flag when they start, unless it is sent back;"
                            + " with write-first too, and they write to the target before the first row is copied.")
    private Mode mode = Mode.fenced;

    @Option(names = "--rollback", description = "Send the application back after the cutover.")
    private boolean rollback;

    @Option(names = "--kill", description = "Kill the daemon this many times (default: ${DEFAULT-VALUE}).")
    private int kills = 0;

    @Option(names = "--chunk-rows", description = "Rows per chunk (default: ${DEFAULT-VALUE}).")
    private int chunkRows = 5_000;

    @Option(
            names = "--duration",
            description = "Seconds the application runs before the daemon starts (default: ${DEFAULT-VALUE}).")
    private int seconds = 1;

    @Option(
            names = "--timeout",
            description = "Seconds the daemon may take before the demo fails (default: ${DEFAULT-VALUE}).")
    private int timeout = 900;

    @Option(
            names = "--keep",
            description = "Keep the servers up at the end until Enter is pressed, and the log files for good.")
    private boolean keep;

    @Option(names = "--repository", hidden = true, required = true)
    private Path repository = Path.of("");

    private final PrintStream out = System.out;
    private final long began = System.nanoTime();

    private Demo() {}

    /** Runs the demo and exits with 0 when everything is right, 1 otherwise. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs the demo; 0 when everything is right. */
    public static int run(String... arguments) {
        AtomicBoolean interrupted = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupted.set(true)));
        CommandLine command = new CommandLine(new Demo());
        // After Ctrl-C the servers go away under the demo's hands; that is no failure worth a stack trace.
        command.setExecutionExceptionHandler((failure, line, parsed) -> {
            if (interrupted.get()) {
                return 130;
            }
            throw failure;
        });
        return command.execute(arguments);
    }

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("widekey-demo-");
        try (Server source = TestServers.namedOrStarted("WIDEKEY_SOURCE_URL");
                Server target = TestServers.namedOrStarted("WIDEKEY_TARGET_URL")) {
            say("source " + source + ", target " + target + ", files in " + folder);
            boolean right = run(World.edx(source, target), folder);
            if (right && !keep) {
                delete(folder);
            }
            if (keep) {
                say("password of root: " + source.password() + "; press Enter to end");
                int ignored = System.in.read();
            }
            return right ? 0 : 1;
        } catch (ServerException e) {
            out.println("demo: " + e.getMessage());
            return 1;
        }
    }

    private boolean run(World world, Path folder) throws Exception {
        refuseToReplace(world.source(), world.sourceSchema());
        refuseToReplace(world.target(), world.targetSchema());
        refuseToReplace(world.target(), world.stateSchema());
        DaemonFiles files = new DaemonFiles(repository, chunkRows);
        Generator generator = new Generator(seed, rows);
        Ledger ledger = new Ledger();
        world.create();
        if (returns()) {
            world.refineTimes();
        }
        files.createAccounts(world);
        long loading = System.nanoTime();
        world.load(generator, ledger);
        say("loaded " + rows + " rows of " + generator.modules() + " modules in " + elapsed(loading));
        SimulatorReport application;
        ClientProcess.Report went;
        KillPlan plan = new KillPlan(seed, kills, Math.max(1, rows / files.chunkRows()));
        String moved;
        CheckReport check;
        SimulatorOptions options = SimulatorOptions.forHistory(seed, rows);
        Path config = files.writeConfig(world, folder, mode.mode, mode.order, returns());
        Daemons daemons =
                new Daemons(world, files, config, folder.resolve("widekey.log"), Map.of(), plan, timeout, this::say);
        try (daemons;
                Simulator simulator =
                        Simulator.start(world, generator, ledger, returns() ? options.following() : options);
                ClientProcess client = ClientProcess.start(world, ledger, repository, folder.resolve("client.log"))) {
            say("the application runs: 3 processes, 220 rows/s, one reader, and one that goes by the Java client");
            simulator.runFor(Duration.ofSeconds(seconds));
            long moving = System.nanoTime();
            boolean right = returns() ? daemons.runTo("WATCH") : daemons.runToTheEnd();
            if (right && rollback) {
                simulator.runFor(AFTERWARDS);
                daemons.turn("widekey.rollback", true);
                right = daemons.runTo("READY");
            }
            if (!right) {
                out.println("demo: the application saw " + simulator.stop());
                return false;
            }
            moved = elapsed(moving);
            // The application goes on where it is now.
            simulator.runFor(AFTERWARDS);
            went = client.stop();
            application = simulator.stop();
            if (mode == Mode.fenced && !rollback) {
                daemons.turn("widekey.finish", true);
                right = daemons.runToTheEnd();
            }
            if (!right) {
                return false;
            }
            say("the application has stopped; comparing every row");
            check = returns() ? checkBoth(world, ledger) : Checker.check(world, ledger);
        }
        DaemonState state = new DaemonState(world);
        DemoResult result = new DemoResult(check, application, went, world.flags(), state.flagHistory(), rollback);
        new DemoTable(out).print(result, state, plan, moved, rows);
        out.println(result.line());
        return result.isRight();
    }

    /** Whether the source follows afterwards. */
    private boolean returns() {
        return mode == Mode.fenced || rollback;
    }

    /** The side that follows is behind by what is under way, as long as the daemon is. */
    private static CheckReport checkBoth(World world, Ledger ledger) throws SQLException {
        CheckReport check = Checker.checkBoth(world, ledger);
        for (int i = 0; i < FOLLOWS_AFTER && !check.isEqual(); i++) {
            LockSupport.parkNanos(LOOK.toNanos());
            check = Checker.checkBoth(world, ledger);
        }
        return check;
    }

    /** Servers of somebody's own may hold schemas of these names that are no demo. */
    private static void refuseToReplace(Server server, String schema) throws SQLException {
        if (!(server instanceof ExternalServer)) {
            return;
        }
        try (Connection connection = server.connect();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?")) {
            statement.setString(1, schema);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    throw new ServerException("schema " + schema + " exists on " + server
                            + "; the demo would replace it, so drop it first or name another server");
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private void say(String what) {
        out.printf("demo  | %6s %s%n", elapsed(began), what);
    }

    private static String elapsed(long since) {
        return Math.round((System.nanoTime() - since) / 1e8) / 10.0 + "s";
    }
}
