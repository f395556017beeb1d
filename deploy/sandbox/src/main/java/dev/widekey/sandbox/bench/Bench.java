package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.Contender.FailedException;
import dev.widekey.sandbox.mysql.FileTree;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The bench command: the daemon against other ways to move the same rows between the same two servers, and against bars of its own. Prints to standard
 * output. Used by one thread.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures the copy against other ways to move the same rows between the same two MySQL servers.",
            "Exits with 0 when every result is right, with --strict only when no bar is short as well; with 1 otherwise."
        })
public final class Bench implements Callable<Integer> {
    private static final int WRONG_USAGE = 2;

    @Option(
            names = "--suites",
            paramLabel = "LIST",
            description =
                    "What to measure: copy, catchup, writer, growth, rss, indexes, verify (default: ${DEFAULT-VALUE}).")
    private String suites = "copy";

    @Option(names = "--rows", description = "Rows of the history (default: ${DEFAULT-VALUE}).")
    private int rows = 1_000_000;

    @Option(names = "--repeats", description = "How often each contender runs (default: ${DEFAULT-VALUE}).")
    private int repeats = 3;

    @Option(
            names = "--contenders",
            paramLabel = "LIST",
            description =
                    "Who copies: all, or some of floor, widekey, widekey-late, mydumper, mysqldump, pt-archiver, debezium"
                            + " (default: ${DEFAULT-VALUE}).")
    private String contenders = "all";

    @Option(
            names = "--growth",
            paramLabel = "LIST",
            description = "Sizes of the suite growth, in millions of rows (default: ${DEFAULT-VALUE}).")
    private String growth = "1,4";

    @Option(names = "--strict", description = "Fail when a bar is short.")
    private boolean strict;

    @Option(names = "--write", description = "Write the results into docs/performance.md.")
    private boolean write;

    @Option(names = "--repository", hidden = true, required = true)
    private Path repository = Path.of("");

    private final PrintStream out = System.out;
    private final long began = System.nanoTime();

    private Bench() {}

    /** Runs the bench and exits with 0 when everything is right, 1 when not, 2 on wrong usage. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs the bench; 0 when everything is right. */
    public static int run(String... arguments) {
        return new CommandLine(new Bench()).execute(arguments);
    }

    @Override
    public Integer call() throws Exception {
        List<Suite> wanted;
        Order order;
        Path folder = Files.createTempDirectory("widekey-bench-");
        try {
            wanted = suites(suites);
            order = new Order(repository, folder, rows, repeats, Contenders.named(contenders), sizes(growth));
        } catch (IllegalArgumentException wrong) {
            Files.delete(folder);
            out.println("bench: " + wrong.getMessage());
            return WRONG_USAGE;
        }
        try {
            boolean reached = measure(wanted, order);
            FileTree.delete(folder);
            out.println("bench: " + (reached ? "no bar is short" : "a bar is short"));
            return reached || !strict ? 0 : 1;
        } catch (FailedException failed) {
            out.println("bench: " + failed.getMessage());
            out.println("bench: files are kept in " + folder);
            return 1;
        }
    }

    private boolean measure(List<Suite> wanted, Order order) throws Exception {
        boolean reached = true;
        Circumstances all = Circumstances.of(repository);
        for (Suite suite : wanted) {
            List<String> circumstances = all.lines(command(suite));
            Report report = new Report(suite.name(), out, began);
            circumstances.forEach(report::say);
            suite.run(order, report);
            reached &= report.bars().stream().allMatch(Bar::isReached);
            if (write) {
                new Page(repository.resolve("docs/performance.md")).replace(suite.name(), report.lines(circumstances));
            }
        }
        return reached;
    }

    private String command(Suite suite) throws IOException {
        return "deploy/bench --suites " + suite.name() + " --rows " + rows + " --repeats " + repeats
                + (suite.name().equals("copy") ? " --contenders " + contenders : "")
                + (suite.name().equals("growth") ? " --growth " + growth : "");
    }

    /** @throws IllegalArgumentException for a name there is not, which it names */
    static List<Suite> suites(String list) {
        Map<String, Suite> all = new LinkedHashMap<>();
        List.of(
                        CopySuite.ofEverybody(),
                        new CatchUpSuite(),
                        new WriterSuite(),
                        new GrowthSuite(),
                        new RssSuite(),
                        CopySuite.ofIndexes(),
                        new VerifySuite())
                .forEach(suite -> all.put(suite.name(), suite));
        List<Suite> wanted = new ArrayList<>();
        for (String name : list.split(",", -1)) {
            Suite suite = all.get(name.strip());
            if (suite == null) {
                throw new IllegalArgumentException(
                        "there is no suite " + name.strip() + "; there are " + String.join(", ", all.keySet()));
            }
            wanted.add(suite);
        }
        return wanted;
    }

    /** @throws IllegalArgumentException for something that is no number */
    static List<Double> sizes(String list) {
        try {
            return Arrays.stream(list.split(",", -1)).map(Double::valueOf).toList();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--growth takes numbers, not " + list, e);
        }
    }
}
