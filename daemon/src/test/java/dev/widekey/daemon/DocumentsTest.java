package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.status.IdleMigration;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What the documents say about the code, held against the code. */
class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)[^)]*\\)");
    private static final Pattern NAME = Pattern.compile("[A-Z][A-Z_]+");
    private static final Pattern TEST = Pattern.compile("`(\\w*[a-z](?:IT|Test))(?:\\.(\\w+))?`");
    private static final Pattern FENCED = Pattern.compile("^```.*?^```", Pattern.DOTALL | Pattern.MULTILINE);

    @Test
    void theArchitectureListsEveryPhaseAndItsMoves() throws IOException {
        Map<Phase, Set<Phase>> documented = new EnumMap<>(Phase.class);
        boolean inTable = false;
        for (String line : Repository.text("docs/architecture.md").lines().toList()) {
            List<String> cells = Arrays.stream(line.strip().split("\\|", -1))
                    .map(cell -> cell.replace("`", "").strip())
                    .toList();
            boolean isRow = line.strip().startsWith("|") && cells.size() > 3;
            if (isRow && cells.get(1).equalsIgnoreCase("phase")) {
                inTable = true;
            } else if (!isRow) {
                inTable = false;
            } else if (inTable && NAME.matcher(cells.get(1)).matches()) {
                Set<Phase> next = NAME.matcher(cells.get(2))
                        .results()
                        .map(name -> Phase.valueOf(name.group()))
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Phase.class)));
                assertThat(documented.put(Phase.valueOf(cells.get(1)), next))
                        .as("%s is listed once", cells.get(1))
                        .isNull();
            }
        }
        assertThat(documented)
                .isEqualTo(Arrays.stream(Phase.values()).collect(Collectors.toMap(phase -> phase, Phase::next)));
    }

    @Test
    void everyTestNamedInTheCorrectnessPageExists() throws IOException {
        Map<String, String> tests = Repository.testSources().stream()
                .collect(Collectors.toMap(
                        file -> file.getFileName().toString().replace(".java", ""), DocumentsTest::read));
        List<String> missing = new ArrayList<>();
        Matcher named = TEST.matcher(Repository.text("docs/correctness.md"));
        int found = 0;
        while (named.find()) {
            found++;
            String source = tests.getOrDefault(named.group(1), "");
            if (source.isEmpty() || (named.group(2) != null && !source.contains("void " + named.group(2) + "("))) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThan(20);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void decisionsAreNumberedOnceAndWithoutGap() throws IOException {
        try (Stream<Path> files = Files.list(Repository.root().resolve("docs/adr"))) {
            List<Integer> numbers = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("\\d+-.+\\.md"))
                    .map(name -> Integer.valueOf(name.substring(0, name.indexOf('-'))))
                    .sorted()
                    .toList();
            assertThat(numbers).isNotEmpty();
            assertThat(numbers)
                    .isEqualTo(IntStream.rangeClosed(1, numbers.size()).boxed().toList());
        }
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<Path> documents = Repository.documents();
        assertThat(documents).contains(Repository.root().resolve("README.md"));
        List<String> broken = new ArrayList<>();
        for (Path document : documents) {
            Matcher link =
                    LINK.matcher(FENCED.matcher(Files.readString(document)).replaceAll(""));
            while (link.find()) {
                String to = link.group(1);
                boolean isElsewhere = to.matches("[a-z]+:.*") || to.startsWith("#");
                if (!isElsewhere && !Files.exists(document.resolveSibling(to.replaceFirst("#.*", "")))) {
                    broken.add(Repository.root().relativize(document) + " -> " + to);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyKeyOfTheExampleIsDescribed() throws IOException {
        String example = Repository.text("deploy/examples/csmh.yaml")
                .replaceAll("(?m)^( *)# (truststore: |connections: )", "$1$2");
        Set<String> keys = new TreeSet<>();
        collect(new Yaml(new SafeConstructor(new LoaderOptions())).load(example), keys);
        assertThat(keys).contains("migration", "truststore", "target-when", "id-gap");
        assertDescribed("docs/configuration.md", keys);
    }

    @Test
    void everyHaltIsDescribed() throws IOException {
        assertDescribed(
                "docs/operations.md",
                Arrays.stream(HaltException.Reason.values()).map(Enum::name).toList());
    }

    @Test
    void everyCrashPointHasARow() throws IOException {
        String page = Repository.text("docs/correctness.md");
        String section = page.substring(page.indexOf("## Crash points"), page.indexOf("## Not detected"));
        List<String> rows = section.lines()
                .map(line -> line.split("\\|", -1))
                .filter(cells -> cells.length == 5)
                .map(cells -> cells[1].replace("`", "").strip())
                .filter(name -> NAME.matcher(name).matches())
                .toList();
        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(CrashPoint.values()).map(Enum::name).toList());
    }

    @Test
    void everyMetricIsDescribed() throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (IdleMigration migration = new IdleMigration(registry)) {
            Set<String> names = registry.scrape()
                    .lines()
                    .filter(line -> line.startsWith("# TYPE widekey_"))
                    .map(line -> line.split(" ")[2])
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(names).hasSizeGreaterThan(10);
            names.addAll(List.of(
                    "widekey_retries_total",
                    "widekey_hook_sent_total",
                    "widekey_hook_failed_total",
                    "widekey_hook_pending"));
            assertThat(migration.alarm().isRaised()).isFalse();
            assertDescribed("docs/operations.md", names);
        }
    }

    private static void assertDescribed(String document, Iterable<String> names) throws IOException {
        String text = Repository.text(document);
        assertThat(names)
                .allSatisfy(name -> assertThat(Pattern.compile("(?<![\\w-])\\Q" + name + "\\E(?![\\w-])")
                                .matcher(text)
                                .find())
                        .as("%s in %s", name, document)
                        .isTrue());
    }

    private static void collect(Object node, Set<String> keys) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                keys.add(String.valueOf(key));
                collect(value, keys);
            });
        }
    }
}
