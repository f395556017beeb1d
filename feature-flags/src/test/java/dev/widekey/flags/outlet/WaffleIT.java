package dev.widekey.flags.outlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.widekey.flags.Flags;
import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import dev.widekey.flags.OutletException.Kind;
import dev.widekey.flags.outlet.WaffleTable.Model;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WaffleIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static TestSchema schema;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeSchema() throws SQLException {
        schema = TestSchema.on(TestServers.source(), "waffle");
    }

    @AfterAll
    static void dropSchema() throws SQLException {
        schema.close();
    }

    private static WaffleTable table(Model model) throws SQLException {
        return WaffleTables.open(schema, WaffleTables.make(schema, model, "utf8mb4_bin"), model);
    }

    private static WaffleSql sql(WaffleTable table) {
        return new WaffleSql(table, Duration.ZERO, () -> false, System::nanoTime);
    }

    /** The contract, through SQL. */
    private abstract static class BySql extends OutletContract {
        private final Map<Outlet, WaffleTable> tables = new HashMap<>();

        abstract Model model();

        @Override
        Outlet emptyOutlet() throws Exception {
            WaffleTable table = table(model());
            Outlet outlet = sql(table);
            tables.put(outlet, table);
            return outlet;
        }

        @Override
        Outlet again(Outlet outlet) {
            return sql(tables.get(outlet));
        }
    }

    @Nested
    class SwitchBySql extends BySql {
        @Override
        Model model() {
            return Model.SWITCH;
        }
    }

    @Nested
    class FlagBySql extends BySql {
        @Override
        Model model() {
            return Model.FLAG;
        }
    }

    /** The contract, through the application's own command. */
    private abstract class ByCommand extends OutletContract {
        private final List<FakeManage> programs = new ArrayList<>();
        private Outlet last;

        abstract Model model();

        @Override
        Outlet emptyOutlet() throws Exception {
            String table = WaffleTables.make(schema, model(), "utf8mb4_bin");
            FakeManage manage = new FakeManage(folder, schema, table, model());
            programs.add(manage);
            last = new WaffleCommand(
                    WaffleTables.open(schema, table, model()), List.of(manage.program(), "--settings=test"), TIMEOUT);
            return last;
        }

        @Override
        Outlet again(Outlet outlet) {
            return last;
        }

        @AfterEach
        void stopPrograms() throws IOException {
            for (FakeManage program : programs) {
                program.close();
            }
        }
    }

    @Nested
    class SwitchByCommand extends ByCommand {
        @Override
        Model model() {
            return Model.SWITCH;
        }
    }

    @Nested
    class FlagByCommand extends ByCommand {
        @Override
        Model model() {
            return Model.FLAG;
        }
    }

    @ParameterizedTest
    @EnumSource(Model.class)
    void commandIsCalledInWafflesOwnWordsAndOnlyWhenSomethingChanges(Model model) throws Exception {
        String name = WaffleTables.make(schema, model, "utf8mb4_bin");
        try (FakeManage manage = new FakeManage(folder, schema, name, model)) {
            WaffleCommand outlet = new WaffleCommand(
                    WaffleTables.open(schema, name, model), List.of(manage.program(), "--settings=test"), TIMEOUT);
            outlet.write("a $(b) 'c'", true);
            outlet.write("a $(b) 'c'", true);
            outlet.write("a $(b) 'c'", false);
            assertThat(manage.calls())
                    .containsExactlyElementsOf(
                            model == Model.SWITCH
                                    ? List.of(
                                            List.of("--settings=test", "waffle_switch", "a $(b) 'c'", "on", "--create"),
                                            List.of(
                                                    "--settings=test",
                                                    "waffle_switch",
                                                    "a $(b) 'c'",
                                                    "off",
                                                    "--create"))
                                    : List.of(
                                            List.of(
                                                    "--settings=test",
                                                    "waffle_flag",
                                                    "a $(b) 'c'",
                                                    "--everyone",
                                                    "--create"),
                                            List.of(
                                                    "--settings=test",
                                                    "waffle_flag",
                                                    "a $(b) 'c'",
                                                    "--deactivate",
                                                    "--create")));
        }
    }

    @Test
    void commandThatFailsSaysWhy() throws Exception {
        String name = WaffleTables.make(schema, Model.SWITCH, "utf8mb4_bin");
        try (FakeManage manage = new FakeManage(folder, schema, name, Model.SWITCH)) {
            WaffleCommand outlet = new WaffleCommand(
                    WaffleTables.open(schema, name, Model.SWITCH),
                    List.of(manage.program(), "--settings=prod"),
                    TIMEOUT);
            OutletException failure = catchThrowableOfType(OutletException.class, () -> outlet.write("A", true));
            assertThat(failure)
                    .hasMessageContainingAll(
                            "--settings=prod waffle_switch A on --create` ended with 1: Traceback",
                            "| CommandError: unknown command");
            assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        }
    }

    @Test
    void commandThatDoesNotEndIsKilled() throws Exception {
        Path program = Files.writeString(folder.resolve("hangs"), "#!/bin/bash\nsleep 600 & wait\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        WaffleCommand outlet =
                new WaffleCommand(table(Model.SWITCH), List.of(program.toString()), Duration.ofMillis(300));
        OutletException failure = catchThrowableOfType(OutletException.class, () -> outlet.write("A", true));
        assertThat(failure).hasMessageContaining("did not end within 0 s and was killed");
        assertThat(failure.kind()).isEqualTo(Kind.LOST);
    }

    @Test
    void programThatIsNotThereIsRefusedBeforeAnything() throws Exception {
        WaffleCommand outlet = new WaffleCommand(table(Model.SWITCH), List.of("/no/such/python"), TIMEOUT);
        assertThatThrownBy(() -> outlet.check(Set.of("A")))
                .hasMessage("/no/such/python is not there or cannot be executed");
        assertThatThrownBy(() -> outlet.write("A", true)).hasMessageContaining("cannot be started");
        assertThatThrownBy(() -> outlet.check(Set.of("--list")))
                .hasMessageContaining("would take the flag --list for an option");
    }

    @Test
    void newFlagHasEveryColumnAndOldOneKeepsAllOthers() throws Exception {
        String name = WaffleTables.make(schema, Model.FLAG, "utf8mb4_bin");
        WaffleSql outlet = sql(WaffleTables.open(schema, name, Model.FLAG));
        outlet.write("A", true);
        String all =
                "CONCAT_WS(',', everyone, IFNULL(percent, 'NULL'), testing, superusers, staff, authenticated, languages, rollout, note)";
        assertThat(schema.value("SELECT " + all + " FROM " + name)).contains("1,NULL,0,1,0,0,,0,created by widekey");
        assertThat(schema.value(
                        "SELECT created = modified AND ABS(TIMESTAMPDIFF(SECOND, created, UTC_TIMESTAMP(6))) < 60 FROM "
                                + name))
                .contains("1");
        schema.execute(
                "UPDATE " + name + " SET percent = 12.5, staff = 1, note = 'ours', modified = '2020-02-02 02:02:02'");
        outlet.write("A", false);
        assertThat(schema.value("SELECT " + all + " FROM " + name)).contains("0,12.5,0,1,1,0,,0,ours");
        assertThat(schema.value("SELECT modified >= created FROM " + name)).contains("1");
    }

    @Test
    void flagThatIsUnknownForEveryoneIsRefusedUntilItIsSet() throws Exception {
        String name = WaffleTables.make(schema, Model.FLAG, "utf8mb4_bin");
        WaffleSql outlet = sql(WaffleTables.open(schema, name, Model.FLAG));
        outlet.write("A", true);
        schema.execute("UPDATE " + name + " SET everyone = NULL");
        OutletException failure = catchThrowableOfType(OutletException.class, () -> outlet.read(Set.of("A")));
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessageContaining("has everyone unknown, so that its value depends on who asks");
        assertThatThrownBy(() -> outlet.write("A", false)).isInstanceOf(OutletException.class);
        assertThat(schema.value("SELECT everyone FROM " + name)).isEmpty();
        schema.execute("UPDATE " + name + " SET everyone = 0");
        assertThat(outlet.read(Set.of("A"))).isEqualTo(Map.of("A", false));
    }

    /** Waffle's own tables ignore case in names, and the application does not. */
    @Test
    void nameOfAnotherCaseIsRefused() throws Exception {
        String name = WaffleTables.make(schema, Model.SWITCH, "utf8mb4_general_ci");
        WaffleSql outlet = sql(WaffleTables.open(schema, name, Model.SWITCH));
        outlet.write("enable_a", true);
        assertThatThrownBy(() -> outlet.read(Set.of("ENABLE_A"))).hasMessageContaining("differs in its case alone");
        assertThatThrownBy(() -> outlet.write("ENABLE_A", false)).hasMessageContaining("differs in its case alone");
    }

    @Test
    void writeBySqlCountsOnceTheCachesHaveExpired() throws Exception {
        WaffleTable table = table(Model.SWITCH);
        WaffleSql outlet = new WaffleSql(table, Duration.ofMillis(400), () -> false, System::nanoTime);
        long begin = System.nanoTime();
        outlet.write("A", true);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
        WaffleSql stopped = new WaffleSql(table, Duration.ofHours(1), () -> true, System::nanoTime);
        stopped.write("A", true);
        OutletException failure = catchThrowableOfType(OutletException.class, () -> stopped.write("A", false));
        assertThat(failure.kind()).isEqualTo(Kind.WAITING);
        assertThat(failure).hasMessageContaining("caches may hold the old value for 3");
    }

    @Test
    void serverThatIsDownIsUnreachableAndLostAnswerIsLost() throws Exception {
        String name = WaffleTables.make(schema, Model.SWITCH, "utf8mb4_bin");
        WaffleSql down = sql(new WaffleTable(Flags.noConnections(schema), schema.name(), name, Model.SWITCH));
        assertThat(catchThrowableOfType(OutletException.class, () -> down.read(Set.of("A")))
                        .kind())
                .isEqualTo(Kind.UNREACHABLE);
        WaffleSql losing = sql(new WaffleTable(Flags.losingOneAnswer(schema), schema.name(), name, Model.SWITCH));
        assertThat(catchThrowableOfType(OutletException.class, () -> losing.write("A", true))
                        .kind())
                .isEqualTo(Kind.LOST);
        assertThat(losing.read(Set.of("A"))).isEqualTo(Map.of("A", true));
    }

    @Test
    void tableThatIsMissingOrMayNotBeWrittenIsFoundBeforeAnything() throws Exception {
        WaffleSql missing = sql(WaffleTables.open(schema, "no_such_table", Model.SWITCH));
        assertThatThrownBy(() -> missing.check(Set.of("A"))).hasMessageContaining("doesn't exist");
        String name = WaffleTables.make(schema, Model.SWITCH, "utf8mb4_bin");
        String view = name + "_view";
        schema.execute("CREATE VIEW " + view + " AS SELECT DISTINCT * FROM " + name);
        WaffleSql unwritable = sql(WaffleTables.open(schema, view, Model.SWITCH));
        assertThatThrownBy(() -> unwritable.check(Set.of("A"))).hasMessageContaining("not updatable");
    }
}
