package dev.widekey.sandbox.scenario;

import dev.widekey.sandbox.csmh.Flags;
import dev.widekey.sandbox.csmh.Generator;
import dev.widekey.sandbox.csmh.Simulator;
import dev.widekey.sandbox.csmh.SimulatorOptions;
import dev.widekey.sandbox.csmh.SimulatorReport;
import dev.widekey.sandbox.demo.DaemonState;
import dev.widekey.sandbox.demo.Daemons;
import dev.widekey.sandbox.demo.KillPlan;
import dev.widekey.sandbox.fault.Link;
import dev.widekey.sandbox.fault.LinkFault;
import dev.widekey.sandbox.mysql.CommandResult;
import dev.widekey.sandbox.mysql.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** What happens in the scenario, from the start of the application to the daemon's last end. Used once, by one thread. */
final class When {
    /** The daemon's heap in megabytes. */
    static final int HEAP = 256;

    private static final double MOST_LAG = 5;
    private static final double LARGE_DELETE = 20_000.0 / Generator.DEFAULT_ROWS;

    /** One machine carries servers, application and checks: how busy it is says nothing, and is not to hold the copy back. */
    private static final String MORE = """
            throttle: {mode: off}
            cutover: {mode: rolling, rollback: false, auto: false, quiet: 3s, id-gap: 10000, id-gap-fixed: %s}
            """;

    private static final Duration AFTERWARDS = Duration.ofSeconds(5);

    private final Given given;
    private final Times times;
    private final long seed;
    private final KillPlan kills;
    private final Consumer<String> say;
    private final Path config;
    private final Daemons daemons;
    private final DaemonState state;
    private final StatusPage page;
    private final Operator operator;
    private final long began = System.nanoTime();

    /** The daemon did not do what the scenario goes on from. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }

    When(Given given, Times times, long seed, int kills, int timeout, Consumer<String> say) throws IOException {
        this.given = given;
        this.times = times;
        this.seed = seed;
        this.say = say;
        this.kills = new KillPlan(seed, kills, given.chunks());
        this.config = writeConfig(true);
        this.daemons = new Daemons(
                given.world(),
                given.files(),
                config,
                given.folder().resolve("widekey.log"),
                Map.of("WIDEKEY_JAVA_OPTS", "-Xmx" + HEAP + "m"),
                this.kills,
                timeout,
                say);
        this.state = new DaemonState(given.world());
        this.page = new StatusPage(daemons::address);
        this.operator = new Operator(given.files().launcher(), given.folder(), config);
    }

    private Path writeConfig(boolean fixedGap) throws IOException {
        return given.files().writeConfig(given.world(), given.link().front(), given.folder(), MORE.formatted(fixedGap));
    }

    Observed run() throws IOException, SQLException, InterruptedException, FailedException {
        Observed.Block quarantine;
        CommandResult report;
        Observed.Block gap;
        Observed.CaughtUp lag;
        SimulatorReport application;
        try (FlagRecorder flags = new FlagRecorder(given.world().settings().orElseThrow());
                daemons) {
            Simulator simulator = Simulator.start(given.world(), given.generator(), given.ledger(), application());
            try (simulator;
                    HeapWatch heap = new HeapWatch(page)) {
                simulator.runFor(Duration.ofSeconds(1));
                restartTarget();
                cutNetwork(simulator);
                lag = awaitEndOfBurst(simulator);
                awaitOrder();
                quarantine = awaitBlock("rows are in quarantine");
                report = operator.listQuarantine();
                require(
                        operator.accept(given.anomalies().unfit(), "fits into no 64-bit row; kept on the old server"),
                        "the rows cannot be accepted");
                gap = awaitBlock("the id gap is fixed at 10000 ids");
                widenGap();
                require(daemons.runToTheEnd(), "the migration does not end");
                say.accept("the reads are moved");
                simulator.runFor(AFTERWARDS);
                application = simulator.stop();
                return new Observed(
                        kills.done(),
                        quarantine,
                        report,
                        gap,
                        lag,
                        heap.peak(),
                        flags.history(),
                        flags.firstSeen(new Flags(true, false)),
                        simulator.lastStragglerWrite(),
                        application,
                        operator.listAccepted(),
                        rerun());
            }
        }
    }

    private SimulatorOptions application() {
        int rows = given.generator().rows();
        return SimulatorOptions.forHistory(seed, rows)
                .withCleanHistory((int) (rows * LARGE_DELETE))
                .withHeldIds(50, times.held())
                .withFlushEvery(times.rotation())
                .withRestarts(Duration.ZERO, times.straggler());
    }

    private void restartTarget() throws IOException, SQLException, InterruptedException, FailedException {
        awaitCopied(0.3);
        say.accept("restarting the target");
        given.target().restart();
    }

    private void cutNetwork(Simulator simulator)
            throws IOException, SQLException, InterruptedException, FailedException {
        awaitCopied(0.6);
        say.accept("no network between daemon and source for " + times.cut().toMillis() + " ms");
        given.link().inject(LinkFault.BLACK_HOLE, Link.SQL);
        given.link().inject(LinkFault.BLACK_HOLE, Link.BINLOG);
        try {
            simulator.runFor(times.cut());
        } finally {
            given.link().heal();
        }
    }

    private void awaitCopied(double share) throws IOException, SQLException, InterruptedException, FailedException {
        await(
                () -> state.copiedChunks() >= share * given.chunks()
                        || state.phases().stream()
                                .anyMatch(entry -> entry.phase().equals("CATCH_UP")),
                "the copy does not go on");
    }

    /**
     * The burst is over when the network is back and the large delete is done; the application goes on as before. The stream has caught up when
     * everything written until then is applied and it is close behind what is written now.
     */
    private Observed.CaughtUp awaitEndOfBurst(Simulator simulator)
            throws IOException, SQLException, InterruptedException, FailedException {
        await(simulator::isCleaned, "the large delete does not end");
        long over = System.nanoTime();
        String burst = committed(given.source());
        double[] lag = new double[1];
        await(
                () -> {
                    OptionalDouble now = page.lag();
                    lag[0] = now.orElse(Double.NaN);
                    return now.isPresent() && now.getAsDouble() < MOST_LAG && state.hasApplied(burst);
                },
                "the stream does not catch up");
        double after = (System.nanoTime() - over) / 1e9;
        say.accept("the stream is " + lag[0] + " s behind, " + Math.round(after) + " s after the burst");
        return new Observed.CaughtUp(lag[0], after);
    }

    private void awaitOrder() throws IOException, SQLException, InterruptedException, FailedException {
        await(() -> System.nanoTime() - began >= times.workload().toNanos(), "the daemon does not last");
        require(daemons.runTo("READY"), "the migration does not come to READY");
        daemons.turn("widekey.cutover", true);
    }

    private Observed.Block awaitBlock(String reason)
            throws IOException, SQLException, InterruptedException, FailedException {
        String[] said = new String[] {""};
        await(
                () -> {
                    Optional<String> waits = page.waitsFor();
                    said[0] = waits.orElse("");
                    return said[0].contains(reason);
                },
                "the cutover is not held because " + reason);
        say.accept("the cutover is held: " + said[0]);
        return new Observed.Block(said[0], given.world().flags());
    }

    /** The operator lets the gap be as wide as it has to be; the daemon reads its configuration when it starts. */
    private void widenGap() throws IOException, InterruptedException, FailedException {
        require(daemons.stop(), "the daemon does not stop");
        Path same = writeConfig(false);
        say.accept("the id gap may be wider now: " + same);
    }

    private Observed.Rerun rerun() throws IOException, SQLException {
        String before = committed(given.source()) + committed(given.target());
        long started = System.nanoTime();
        CommandResult again = operator.runDaemon();
        double seconds = (System.nanoTime() - started) / 1e9;
        boolean wrote = !before.equals(committed(given.source()) + committed(given.target()));
        return new Observed.Rerun(again.exit(), again.output(), seconds, wrote);
    }

    /** Every transaction the server ever committed. */
    private static String committed(Server server) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@global.gtid_executed")) {
            row.next();
            return row.getString(1);
        }
    }

    private void await(Daemons.Condition condition, String otherwise)
            throws IOException, SQLException, InterruptedException, FailedException {
        require(daemons.runUntil(condition), otherwise);
    }

    private static void require(boolean holds, String otherwise) throws FailedException {
        if (!holds) {
            throw new FailedException(otherwise);
        }
    }

    private static void require(CommandResult ended, String otherwise) throws FailedException {
        require(ended.succeeded(), otherwise + ": " + ended.output());
    }
}
