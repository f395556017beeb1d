package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.cdc.Change;
import dev.widekey.daemon.table.Compatibility;
import dev.widekey.daemon.table.TableDefinition;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.TestSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The page of types, made of what the tests have seen. */
final class CompatibilityPage {
    private static final Path COMMITTED = Repository.root().resolve("docs/compatibility.md");

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<String> results = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final Set<String> asked = new LinkedHashSet<>();

    private static final class Entry {
        private final Set<String> types = new LinkedHashSet<>();
        private final Set<String> widenings = new LinkedHashSet<>();
        private final Set<String> values = new LinkedHashSet<>();
        private final EnumSet<Change.Kind> seen = EnumSet.noneOf(Change.Kind.class);
    }

    /** These cases went through copy, stream and parity; the stream delivered these kinds of changes. */
    void moved(List<TypeCase> cases, Set<Change.Kind> seen) {
        for (TypeCase type : cases) {
            Entry entry = entries.computeIfAbsent(type.name(), name -> new Entry());
            String from = brief(type.from());
            if (type.from().equals(type.to())) {
                entry.types.add(from);
            } else {
                entry.widenings.add(from + " → " + brief(type.to()));
            }
            entry.values.addAll(type.values());
            entry.seen.addAll(seen);
            results.add(String.join(
                    "\t",
                    type.name(),
                    type.from(),
                    type.to(),
                    "exact",
                    seen.toString(),
                    "equal",
                    Integer.toString(type.values().size())));
        }
    }

    private static String brief(String type) {
        return type.replace("VARCHAR(50) CHARACTER SET ", "")
                .replace(" CHARACTER SET", "")
                .replaceAll("'m1'.*'m64'", "64 labels")
                .replaceAll(" (NOT )?NULL| DEFAULT.*", "");
    }

    /** Asks the daemon's own rules about pairs of columns that are not moved, and about rows that are not. */
    void refusals(Server source, Server target) throws Exception {
        for (String pair : List.of(
                "BIGINT | INT",
                "INT UNSIGNED | INT",
                "INT | DECIMAL(20,0)",
                "DECIMAL(10,2) | DECIMAL(10,1)",
                "DOUBLE | FLOAT",
                "DOUBLE | DOUBLE(10,2)",
                "DOUBLE(10,2) | DOUBLE",
                "FLOAT(7,2) | FLOAT",
                "BIT(9) | BIT(8)",
                "DATETIME | TIMESTAMP",
                "TIMESTAMP NULL | DATETIME",
                "DATE | DATETIME",
                "DATETIME(6) | DATETIME",
                "VARCHAR(9) | VARCHAR(8)",
                "VARCHAR(9) | CHAR(9)",
                "VARCHAR(9) CHARACTER SET utf8mb4 | VARCHAR(9) CHARACTER SET utf8mb3",
                "VARCHAR(9) CHARACTER SET utf8mb4 | VARCHAR(9) CHARACTER SET latin1",
                "VARCHAR(9) CHARACTER SET sjis | VARCHAR(9) CHARACTER SET utf8mb4",
                "TEXT CHARACTER SET latin1 | TEXT CHARACTER SET utf8mb4",
                "BINARY(4) | BINARY(5)",
                "BLOB | TEXT",
                "ENUM('a','b') | ENUM('b','a')",
                "ENUM('a','b') | ENUM('a')",
                "ENUM('a?') | ENUM('a?')",
                "SET('a') | SET('b')",
                "ENUM('a') | VARCHAR(9)",
                "JSON | LONGTEXT",
                "POINT | LINESTRING",
                "INT NULL | INT NOT NULL",
                "INT AS (1) | INT",
                "INT | INT AS (1)")) {
            String[] columns = pair.split(" \\| ");
            Compatibility fit = fit(source, target, columns[0], columns[1]);
            assertThat(fit.mismatches()).as(pair).isNotEmpty();
            fit.mismatches()
                    .forEach(mismatch ->
                            refused.add("| `" + columns[0] + "` | `" + columns[1] + "` | `" + mismatch.reason() + "` | "
                                    + mismatch.what().replace("target column c ", "") + " | " + mismatch.fix() + " |"));
        }
        for (String type : List.of("INT | INT UNSIGNED", "ENUM('a') | ENUM('a')", "DATE | DATE", "JSON | JSON")) {
            String[] columns = type.split(" \\| ");
            fit(source, target, columns[0], columns[1])
                    .questions()
                    .forEach(question -> asked.add(
                            "| `" + question.kind() + "` | " + question.what() + " | " + question.fix() + " |"));
        }
    }

    private static Compatibility fit(Server source, Server target, String from, String to) throws Exception {
        try (TestSchema there = TestSchema.on(source, "page");
                TestSchema here = TestSchema.on(target, "page")) {
            there.execute("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, c " + from + ")");
            here.execute("CREATE TABLE t (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, c " + to + ")");
            return Compatibility.of(definition(there), definition(here));
        }
    }

    private static TableDefinition definition(TestSchema schema) throws Exception {
        try (Connection connection = schema.connect()) {
            return TableDefinition.read(connection, schema.name(), "t").orElseThrow();
        }
    }

    /** Fails when the committed page is another; writes it instead when asked to. */
    void compareWithCommitted() throws Exception {
        Path folder =
                Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("target");
        Files.createDirectories(folder);
        Files.write(folder.resolve("types.tsv"), results);
        Files.writeString(folder.resolve("compatibility.md"), text());
        if (Boolean.getBoolean("compatibility.write")) {
            Files.writeString(COMMITTED, text());
        }
        assertThat(Files.exists(COMMITTED) ? Files.readString(COMMITTED) : "")
                .as(
                        "docs/compatibility.md is written by: mvn -B -pl daemon -am verify -Dit.test=TypeMatrixIT -Dtest=NoneX"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Dcompatibility.write=true")
                .isEqualTo(text());
    }

    private String text() {
        StringBuilder page = new StringBuilder("""
                # Compatibility

                Written by `TypeMatrixIT`; do not edit. Each row was moved from one MySQL 8.0 to another by the daemon's own copy and by its
                own stream (inserts, updates, a key change and a delete), between servers with different time zones, character sets, collations
                and SQL modes. Both times every value was compared on both servers, and parity agreed. Then parity found a difference of one
                unit planted in each column.

                *image*: the stream carries the value. *reread*: the stream carries the key, and the row is read from the source once its change
                is readable there. One column that needs it makes the whole row reread. *In doubt*: what the engine shows for a value may stand
                for another: a date that is NULL, 1970-01-01 or the column's default may be a zero or partial one, and U+FFFD in a text may be
                bytes that are no text.

                ## Moved

                | Type | Columns shown | Widenings shown | Copy | Stream | Parity | Values | Some of them |
                |---|---|---|---|---|---|---|---|
                """);
        entries.forEach((name, entry) -> page.append("| ")
                .append(String.join(
                        " | ",
                        name,
                        code(entry.types),
                        code(entry.widenings),
                        "exact",
                        stream(entry),
                        "equal",
                        Integer.toString(entry.values.size()),
                        code(entry.values.stream()
                                .filter(value -> value.length() < 30 && !value.contains("|") && !value.contains("`"))
                                .limit(6)
                                .toList())))
                .append(" |\n"));
        page.append("""

                Also: generated columns are computed by the target and compared; invisible columns are moved like others; columns may be in
                another order; a column with `ON UPDATE CURRENT_TIMESTAMP` keeps the source's value.

                JSON is moved as the text the server prints. A document that holds a DECIMAL, a time or bytes, which only SQL functions make,
                is refused, because its text does not give them back. Whether a small number is signed is not kept.

                ## Refused by the columns' types

                | Source | Target | Reason | The target column | Fix |
                |---|---|---|---|---|
                """);
        refused.forEach(line -> page.append(line).append('\n'));
        page.append("""

                Types that are not listed are refused as `SOURCE_TYPE_UNSUPPORTED`. Keys: one column of an integer type, up to 2^63 - 2.

                ## Because of a row

                Looked for before the first write, for 60 s a column. `IMPOSSIBLE_DATES` and `KEY_TOO_LARGE` refuse the start, because the stream
                cannot show such a row. The others are named; their rows go to quarantine, and so do those that appear later.

                | Reason | A row has | Fix |
                |---|---|---|
                """);
        asked.forEach(line -> page.append(line).append('\n'));
        return page.toString();
    }

    private static String stream(Entry entry) {
        boolean image = entry.seen.contains(Change.Kind.UPSERT);
        boolean reread = entry.seen.contains(Change.Kind.TOUCH);
        if (image && reread) {
            return "image, reread in doubt";
        }
        return image ? "image" : "reread";
    }

    private static String code(Iterable<String> values) {
        List<String> cells = new ArrayList<>();
        values.forEach(value -> cells.add("`" + value + "`"));
        return cells.isEmpty() ? "-" : String.join(", ", cells);
    }
}
