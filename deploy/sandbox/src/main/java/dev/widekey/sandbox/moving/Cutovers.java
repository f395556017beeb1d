package dev.widekey.sandbox.moving;

import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.TestSchema;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The cutovers command: one daemon moves one busy application there and back, again and again, between two real servers. In each cutover one instance is
 * frozen. Prints to standard output. Used by one thread.
 */
@Command(
        name = "cutovers",
        mixinStandardHelpOptions = true,
        description = "Moves an application there and back, many times in a row, and checks every row at the end.")
public final class Cutovers implements Callable<Integer> {
    private static final int ROWS = 5_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int FROZEN_MILLIS = 4_000;
    private static final Duration SETTLED = Duration.ofMillis(700);

    /** How the application is moved. */
    enum Mode {
        fenced,
        rolling
    }

    @Option(
            names = "--mode",
            description = "How the application is moved: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Mode mode = Mode.fenced;

    @Option(names = "--count", description = "Cutovers, each with a way back (default: ${DEFAULT-VALUE}).")
    private int count = 100;

    @Option(
            names = "--kill",
            description = "Kill the daemon in every n-th move; 0 for never (default: ${DEFAULT-VALUE}).")
    private int kill = 0;

    @Option(names = "--instances", description = "Instances of the application (default: ${DEFAULT-VALUE}).")
    private int instances = 20;

    @Option(names = "--seed", description = "Decides what the application does (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--append", description = "A file to which the last line is added.")
    private @Nullable Path append;

    @Option(names = "--repository", hidden = true, required = true)
    private Path repository = Path.of("");

    private final PrintStream out = System.out;
    private final List<Long> pauses = new ArrayList<>();
    private final List<Long> slowest = new ArrayList<>();
    private int kills;

    private Cutovers() {}

    /** Runs the command and exits with 0 when nothing is wrong, 1 otherwise. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Cutovers()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("widekey-cutovers-");
        try (MySqlServer source = MySqlServer.start();
                MySqlServer target = MySqlServer.start();
                TestSchema from = TestSchema.on(source, "moved_source");
                TestSchema to = TestSchema.on(target, "moved_target")) {
            String columns = " (id %s NOT NULL AUTO_INCREMENT PRIMARY KEY, v LONGTEXT NULL, made DATETIME(6) NOT NULL)";
            from.execute(
                    "CREATE TABLE history" + columns.formatted("INT"),
                    "SET SESSION cte_max_recursion_depth = 1000000",
                    "INSERT INTO history (v, made) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                            + ROWS + ") SELECT CONCAT('row ', i), '2015-05-05 05:05:05' FROM n");
            to.execute("CREATE TABLE history" + columns.formatted("BIGINT UNSIGNED"));
            Place place = new Place(
                    source,
                    target,
                    from.name() + ".history",
                    to.name() + ".history",
                    to.name() + "_state",
                    "cutovers",
                    "WRITE_NEW",
                    "READ_OLD");
            Facts facts = new Facts();
            try (Connection connection = from.connect()) {
                facts.load(connection, "history");
            }
            return run(place, facts, to, folder) ? 0 : 1;
        }
    }

    private boolean run(Place place, Facts facts, TestSchema to, Path folder) throws Exception {
        // Every transaction stays open for a moment, so that the fence always finds some open.
        Application.Options busy = new Application.Options(
                instances, 60, mode == Mode.fenced ? 2_000 : 1_000, 1, 40, mode == Mode.rolling);
        Steering steering = new Steering(place, to, repository.resolve("deploy/bin/widekey"), folder, mode.name());
        Random dice = new Random(seed);
        Tally tally;
        boolean equal;
        try (Application application = Application.start(place, facts, busy, seed);
                steering) {
            tally = application.tally();
            for (int i = 0; i < count; i++) {
                application.freeze(dice.nextInt(instances));
                tally.takeLongestMillis();
                move(application, steering, "WATCH", false, i, dice);
                application.thaw();
                slowest.add(tally.takeLongestMillis());
                steering.pause().ifPresent(pauses::add);
                application.runFor(SETTLED);
                if (mode == Mode.rolling) {
                    application.freeze(dice.nextInt(instances));
                }
                move(application, steering, "READY", true, i, dice);
                application.thaw();
                application.runFor(SETTLED);
                if ((i + 1) % 10 == 0) {
                    out.println((i + 1) + " cutovers, " + pauses(pauses) + ", " + tally);
                }
            }
            application.close();
            equal = steering.awaitEqual(PATIENCE);
        }
        Facts.Wrong wrong;
        try (Connection connection = place.source().connect()) {
            wrong = facts.check(connection, place.sourceTable());
        }
        boolean right = equal
                && wrong.isNothing()
                && tally.failed() == 0
                && tally.wrongReads() == 0
                && tally.wrongFlags() == 0
                // Who follows the flags meets no seal with a new row.
                && (mode == Mode.fenced || tally.refusedNew() == 0);
        String line = "cutovers: mode=" + mode + " count=" + count + " kills=" + kills + " instances=" + instances + " "
                + pauses(pauses) + " slowest-write " + pauses(slowest) + " " + tally + " " + wrong + " tables="
                + (equal ? "equal" : "different") + " seed=" + seed;
        out.println(line);
        if (append != null) {
            Files.writeString(append, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        return right;
    }

    private void move(Application application, Steering steering, String phase, boolean back, int number, Random dice)
            throws Exception {
        steering.turnRollback(back);
        boolean dies = kill > 0 && (2 * number + (back ? 1 : 0)) % kill == 0;
        if (dies) {
            // Somewhere between the wish and the end of it; an application does not notice most of the time.
            steering.awaitMoveBegun(back, PATIENCE);
            application.runFor(Duration.ofMillis(dice.nextInt(400)));
            steering.kill();
            kills++;
        }
        if (mode == Mode.rolling) {
            // It tells which flags it acts on, so it is waited for.
            steering.awaitMoveBegun(back, PATIENCE);
            application.runFor(Duration.ofMillis(dice.nextInt(FROZEN_MILLIS)));
            application.thaw();
        }
        steering.await(phase, PATIENCE);
    }

    private static String pauses(List<Long> millis) {
        if (millis.isEmpty()) {
            return "pause unknown";
        }
        List<Long> sorted = millis.stream().sorted().toList();
        return "p50=" + at(sorted, 0.5) + "ms p99=" + at(sorted, 0.99) + "ms max=" + sorted.get(sorted.size() - 1)
                + "ms";
    }

    /** The smallest value that this share of all does not exceed. */
    private static long at(List<Long> sorted, double share) {
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
}
