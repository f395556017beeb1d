package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.demo.DaemonFiles;
import dev.widekey.sandbox.mysql.FileTree;
import dev.widekey.sandbox.mysql.MySqlServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The torture command: migration after migration on two real servers, with writers that remember every answer, a daemon that is killed on the way
 * and surroundings that fail, and a check of every row after each. Prints to standard output. Used by one thread.
 */
@Command(
        name = "torture",
        mixinStandardHelpOptions = true,
        description = "Kills the daemon again and again while an application writes, and checks every row.")
public final class Torture implements Callable<Integer> {
    /** Costs the length of a lease each time. */
    private static final int ROUNDS_BETWEEN_PAUSES = 8;

    /** Every so many rounds the target's secondary indexes are built after the copy. */
    private static final int ROUNDS_WITH_LATE_INDEXES = 3;

    private static final int STORM_CHUNK_ROWS = 500;
    private static final int WRONG_USAGE = 2;

    /** How often a fault is planned again that found no moment to happen. */
    private static final int TRIES = 5;

    @Option(names = "--kills", description = "Kills of the daemon (default: as many as fit into --duration).")
    private int kills = -1;

    @Option(
            names = "--faults",
            paramLabel = "LIST",
            description =
                    "Faults of the surroundings: all, none, events (source-kill, target-kill, source-restart, pause,"
                            + " rotate, locks, disconnect), links (source-, binlog- and target-, each with refuse, cut, reset,"
                            + " black-hole, half-open, slow, cut-inside-row, cut-inside-transaction, cut-before-commit,"
                            + " eat-commit-answer, as far as they exist there), or some by name (default: ${DEFAULT-VALUE}).")
    private String faults = "none";

    @Option(names = "--storm", paramLabel = "deletes=N", description = "Delete rows near the copy until N are deleted.")
    private @Nullable String storm;

    @Option(names = "--duration", paramLabel = "TIME", description = "Begin no round after this time, like 30m or 90s.")
    private @Nullable String duration;

    @Option(names = "--seed", description = "Decides rows, writers and blows (default: drawn).")
    private long seed = System.nanoTime() % 1_000_000_000;

    @Option(
            names = "--append",
            paramLabel = "FILE",
            description = "Add a line on this run to a file and print the sum of its lines.")
    private @Nullable Path append;

    @Option(names = "--rows", description = "Rows at the start of a round (default: 5000, in a storm 300000).")
    private int rows = -1;

    @Option(names = "--chunk-rows", description = "Rows per chunk (default: ${DEFAULT-VALUE}; in a storm 500).")
    private int chunkRows = 100;

    @Option(names = "--kills-per-round", description = "Kills in one migration, at most (default: ${DEFAULT-VALUE}).")
    private int killsPerRound = 20;

    @Option(names = "--writers", description = "Writing threads (default: ${DEFAULT-VALUE}).")
    private int writers = 3;

    @Option(
            names = "--rate",
            description = "Transactions per second of all writers together (default: ${DEFAULT-VALUE}).")
    private double rate = 60;

    @Option(names = "--repository", hidden = true, required = true)
    private Path repository = Path.of("");

    private final PrintStream out = System.out;
    private final long began = System.nanoTime();
    private final Score score = new Score();
    private int round;

    private Torture() {}

    /** Runs the torture and exits with 0 when everything asked for was done and nothing is wrong, 1 otherwise. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs the torture; 0 when everything asked for was done and nothing is wrong. */
    public static int run(String... arguments) {
        return new CommandLine(new Torture()).execute(arguments);
    }

    @Override
    public Integer call() throws Exception {
        List<Fault> wanted;
        long deletes;
        long limit;
        try {
            wanted = Fault.parse(faults);
            deletes = storm == null ? 0 : deletes(storm);
            limit = duration == null ? Long.MAX_VALUE : seconds(duration);
        } catch (IllegalArgumentException wrong) {
            out.println("torture: " + wrong.getMessage());
            return WRONG_USAGE;
        }
        Path folder = Files.createTempDirectory("widekey-torture-");
        say("seed " + seed + ", files in " + folder);
        boolean right;
        try (MySqlServer source = MySqlServer.start();
                MySqlServer target = MySqlServer.start()) {
            Arena arena = new Arena(source, target, new DaemonFiles(repository, chunkRows), folder);
            right = torture(arena, wanted, deletes, limit);
        }
        report();
        if (right) {
            FileTree.delete(folder);
        } else {
            out.println("torture: files are kept in " + folder);
        }
        if (append != null) {
            RunFile runs = new RunFile(append);
            runs.add(seed, score, elapsed());
            out.println(runs.sum());
        }
        if (storm != null) {
            out.println("racing-deletes=" + score.racingDeletes() + " resurrected=" + score.ghosts());
        }
        out.println("torture: kills=" + score.kills() + " faults=" + score.faults() + " writes=" + score.writes()
                + " lost=" + score.lost() + " ghost=" + score.ghosts() + " stale=" + score.stale() + " seed=" + seed);
        return right ? 0 : 1;
    }

    private boolean torture(Arena arena, List<Fault> wanted, long deletes, long limit)
            throws IOException, SQLException, InterruptedException {
        if (kills < 0 && duration == null) {
            kills = deletes > 0 ? 0 : 10;
        }
        try {
            String options = FastStart.rehearse(arena, seed, this::say);
            List<Fault> due = new ArrayList<>(wanted);
            Map<Fault, Integer> tries = new HashMap<>();
            while (elapsed() < limit && (kills < 0 || score.kills() < kills || !due.isEmpty())) {
                int ofRound = kills < 0 ? killsPerRound : Math.min(killsPerRound, Math.max(0, kills - score.kills()));
                List<Fault> struck = deal(due, wanted);
                Round.Setup setup = setup(false, options);
                one(arena, setup, BlowPlan.draw(setup.seed(), ofRound, struck, setup.late()));
                struck.stream()
                        .filter(fault -> !score.hasStruck(fault) && !due.contains(fault))
                        .filter(fault -> tries.merge(fault, 1, Integer::sum) < TRIES)
                        .forEach(due::add);
            }
            while (elapsed() < limit && score.racingDeletes() < deletes) {
                one(arena, setup(true, options), List.of());
            }
            return score.lost() + score.ghosts() + score.stale() == 0
                    && score.rounds() > 0
                    && score.kills() >= kills
                    && wanted.stream().allMatch(score::hasStruck)
                    && score.racingDeletes() >= deletes;
        } catch (Round.FailedException | IllegalStateException failed) {
            out.println("torture: round " + round + " failed: " + failed.getMessage());
            StateDump.print(arena, out);
            StateDump.keepBinlogs(arena);
            return false;
        }
    }

    private void one(Arena arena, Round.Setup setup, List<Blow> blows)
            throws Round.FailedException, IOException, SQLException, InterruptedException {
        long from = elapsed();
        Score one = Round.run(arena, setup, blows, line -> say(setup.name() + ": " + line));
        score.add(one);
        say(setup.name() + ": " + one.kills() + " kills, " + one.faults() + " faults, " + one.writes() + " writes in "
                + (elapsed() - from) + " s; together " + score.kills() + " kills, " + score.racingDeletes()
                + " racing deletes in " + elapsed() + " s");
        if (one.lost() + one.ghosts() + one.stale() > 0) {
            throw new Round.FailedException(setup.name() + " has wrong rows; its log is in " + arena.folder());
        }
        Files.deleteIfExists(arena.folder().resolve(setup.name() + ".log"));
        Files.deleteIfExists(arena.folder().resolve(setup.name() + ".yaml"));
    }

    private Round.Setup setup(boolean stormy, String options) {
        round++;
        return new Round.Setup(
                (stormy ? "storm-" : "round-") + round,
                seed * 1_000 + round,
                rows > 0 ? rows : stormy ? 300_000 : 5_000,
                stormy ? STORM_CHUNK_ROWS : chunkRows,
                stormy ? 2 : writers,
                rate,
                stormy,
                round % ROUNDS_WITH_LATE_INDEXES == 0,
                options);
    }

    /** The faults of the next round: what has not happened yet, spread over the rounds that are left; then one after the other. */
    private List<Fault> deal(List<Fault> due, List<Fault> wanted) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        if (!due.isEmpty()) {
            int left = kills < 0 ? 1 : Math.max(1, (kills - score.kills() + killsPerRound - 1) / killsPerRound);
            int count = (due.size() + left - 1) / left;
            List<Fault> dealt = List.copyOf(due.subList(0, count));
            due.subList(0, count).clear();
            return dealt;
        }
        Fault next = wanted.get(round % wanted.size());
        return next == Fault.Event.PAUSE && round / wanted.size() % ROUNDS_BETWEEN_PAUSES != 0
                ? List.of()
                : List.of(next);
    }

    private void report() {
        score.lines().forEach(line -> out.println("torture | " + line));
        say("done");
    }

    private void say(String what) {
        out.printf("torture | %5ds %s%n", elapsed(), what);
    }

    private long elapsed() {
        return Duration.ofNanos(System.nanoTime() - began).toSeconds();
    }

    private static long deletes(String text) {
        if (!text.matches("deletes=\\d+")) {
            throw new IllegalArgumentException("--storm takes deletes=N, not " + text);
        }
        return Long.parseLong(text.substring("deletes=".length()));
    }

    private static long seconds(String text) {
        if (!text.matches("\\d+[smh]")) {
            throw new IllegalArgumentException("--duration takes a number with s, m or h, not " + text);
        }
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 'h' -> number * 3_600;
            case 'm' -> number * 60;
            default -> number;
        };
    }
}
