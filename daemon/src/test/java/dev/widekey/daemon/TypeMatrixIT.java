package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.parity.Difference;
import dev.widekey.backfill.parity.Findings;
import dev.widekey.backfill.parity.Verdict;
import dev.widekey.daemon.database.Database;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every type with its edges through the daemon's copy, stream and parity, between two servers that agree on no default. */
class TypeMatrixIT {
    private static final String LAX = "SET SESSION sql_mode = ''";
    private static final TimeZone ZONE = TimeZone.getDefault();
    private static final List<AutoCloseable> STARTED = new ArrayList<>();
    private static final CompatibilityPage PAGE = new CompatibilityPage();

    private static Server source;
    private static Server target;

    @BeforeAll
    static void start() {
        // A zone with summer time: nothing of it may show.
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        source = server(
                "WIDEKEY_SOURCE_URL",
                ServerOptions.defaults()
                        .with("default-time-zone", "+05:30")
                        .with("character-set-server", "latin1")
                        .with("collation-server", "latin1_german1_ci")
                        .with("sql-mode", ""));
        target = server(
                "WIDEKEY_TARGET_URL",
                ServerOptions.defaults()
                        .with("default-time-zone", "-08:00")
                        .with("character-set-server", "utf8mb4")
                        .with("collation-server", "utf8mb4_bin"));
    }

    private static Server server(String setting, ServerOptions options) {
        if (System.getenv(setting) != null || System.getProperty(setting) != null) {
            return setting.contains("SOURCE") ? TestServers.source() : TestServers.target();
        }
        MySqlServer server = MySqlServer.start(options);
        STARTED.add(server);
        return server;
    }

    @AfterAll
    static void stop() throws Exception {
        TimeZone.setDefault(ZONE);
        for (AutoCloseable server : STARTED) {
            server.close();
        }
    }

    @Test
    void everyTypeArrivesExactlyAndThePageSaysSo() throws Exception {
        List<TypeCase> cases = TypeCases.all();
        for (Map.Entry<String, List<TypeCase>> group : cases.stream()
                .collect(Collectors.groupingBy(TypeCase::group, TreeMap::new, Collectors.toList()))
                .entrySet()) {
            move(group.getValue());
        }
        assertThat(cases.stream().mapToInt(type -> type.values().size()).sum()).isGreaterThan(600);
        PAGE.refusals(source, target);
        PAGE.compareWithCommitted();
    }

    private void move(List<TypeCase> cases) throws Exception {
        int rows = cases.stream().mapToInt(type -> type.values().size()).max().orElseThrow();
        List<String> inserts = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            inserts.add("INSERT INTO t (" + names(cases) + ") VALUES (" + values(cases, row) + ")");
        }
        String keyed = "id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, ";
        try (TypeTable table = new TypeTable(
                source,
                target,
                keyed + definitions(cases, false),
                // Another order of columns.
                definitions(cases, true) + ", id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY",
                inserts)) {
            table.copy();
            assertSame(table, cases, rows, "copied");

            String names = names(cases);
            table.write(List.of(
                    "INSERT INTO t (" + names + ") SELECT " + names + " FROM t WHERE id <= " + rows + " ORDER BY id",
                    "INSERT INTO t (" + names + ") SELECT " + qualified(cases, "b.")
                            + " FROM t a JOIN t b ON b.id = 1 WHERE a.id <= " + rows,
                    "UPDATE t a JOIN t b ON a.id = b.id + " + third(rows) + " SET " + assignments(cases)
                            + " WHERE b.id <= " + rows,
                    "UPDATE t SET id = 3000000 WHERE id = 1",
                    "DELETE FROM t WHERE id = 2"));
            table.settle();
            assertSame(table, cases, rows, "streamed");
            assertPlantedDifferencesAreSeen(table, cases);
            PAGE.moved(cases, table.seen);
        }
    }

    /** InnoDB reserves ids for INSERT ... SELECT in powers of two, so the third block does not begin at twice the rows. */
    private static String third(int rows) {
        return "(SELECT id FROM (SELECT id FROM t ORDER BY id LIMIT 1 OFFSET " + 2 * rows + ") first) - 1";
    }

    private void assertSame(TypeTable table, List<TypeCase> cases, int rows, String how) throws Exception {
        for (int i = 0; i < cases.size(); i++) {
            TypeCase type = cases.get(i);
            SortedMap<Long, String> there = forms(table.sourceDatabase, table.source.name(), type.sourceForm(), i);
            SortedMap<Long, String> here = forms(table.targetDatabase, table.target.name(), type.targetForm(), i);
            assertThat(there).hasSizeGreaterThanOrEqualTo(rows);
            assertThat(here).as("%s: %s", how, type).isEqualTo(there);
        }
        assertThat(table.parity().compare(KeyRange.ALL, Findings.first(100), () -> false))
                .as(how)
                .isInstanceOf(Verdict.Equal.class);
    }

    private void assertPlantedDifferencesAreSeen(TypeTable table, List<TypeCase> cases) throws Exception {
        table.target.execute(LAX, "CREATE TABLE kept LIKE t", "INSERT INTO kept SELECT * FROM t");
        for (int i = 0; i < cases.size(); i++) {
            TypeCase type = cases.get(i);
            long key = plant(table, type, i);
            String column = "c" + i;
            // A column may follow the clock whenever its row changes.
            assertThat(table.parity().compareKeys(List.of(key), () -> false))
                    .as("a difference planted in %s", type)
                    .singleElement()
                    .satisfies(difference -> {
                        assertThat(difference.key()).isEqualTo(key);
                        assertThat(difference.kind()).isEqualTo(Difference.Kind.DIFFERENT);
                        assertThat(difference.columns()).contains(column);
                    });
            table.target.execute(
                    LAX, "UPDATE t JOIN kept ON t.id = kept.id SET t.c" + i + " = kept.c" + i + " WHERE t.id = " + key);
        }
        assertThat(table.parity().compare(KeyRange.ALL, Findings.first(100), () -> false))
                .isInstanceOf(Verdict.Equal.class);
    }

    /** Changes the first value that can be changed to its neighbour. */
    private long plant(TypeTable table, TypeCase type, int column) throws Exception {
        SortedMap<Long, String> before = forms(table.targetDatabase, table.target.name(), type.targetForm(), column);
        String planted = type.planted().contains("%") ? type.planted().formatted("c" + column) : type.planted();
        for (Long key : before.keySet()) {
            try {
                table.target.execute(LAX, "UPDATE t SET c" + column + " = " + planted + " WHERE id = " + key);
            } catch (SQLException outOfRange) {
                continue;
            }
            if (!before.equals(forms(table.targetDatabase, table.target.name(), type.targetForm(), column))) {
                return key;
            }
        }
        throw new AssertionError("nothing could be planted in " + type);
    }

    private static SortedMap<Long, String> forms(Database database, String schema, String form, int column)
            throws SQLException {
        SortedMap<Long, String> forms = new TreeMap<>();
        try (Connection connection = database.connect();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT id, IFNULL(MD5(HEX(CONCAT(" + form.formatted("c" + column)
                        + "))), 'NULL'), LEFT(HEX(CONCAT(" + form.formatted("c" + column) + ")), 200) FROM " + schema
                        + ".t")) {
            while (row.next()) {
                forms.put(row.getLong(1), row.getString(3) + " " + row.getString(2));
            }
        }
        return forms;
    }

    private static String names(List<TypeCase> cases) {
        return qualified(cases, "");
    }

    private static String qualified(List<TypeCase> cases, String table) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            names.add(table + "c" + i);
        }
        return String.join(", ", names);
    }

    private static String assignments(List<TypeCase> cases) {
        List<String> assignments = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            assignments.add("a.c" + i + " = b.c" + i);
        }
        return String.join(", ", assignments);
    }

    private static String values(List<TypeCase> cases, int row) {
        return cases.stream()
                .map(type -> type.values().get(row % type.values().size()))
                .collect(Collectors.joining(", "));
    }

    private static String definitions(List<TypeCase> cases, boolean onTarget) {
        List<String> definitions = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            definitions.add(
                    "c" + i + " " + (onTarget ? cases.get(i).to() : cases.get(i).from()));
        }
        return String.join(", ", definitions);
    }
}
