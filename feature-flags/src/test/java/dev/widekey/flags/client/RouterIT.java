package dev.widekey.flags.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagPair;
import dev.widekey.flags.JdbcFlagStore;
import dev.widekey.flags.Routing;
import dev.widekey.flags.Switch;
import dev.widekey.flags.WriteGuard;
import dev.widekey.flags.ack.JdbcAcknowledgements;
import dev.widekey.flags.ack.Roll;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RouterIT {

    private static final FlagName WRITE = FlagName.of("w", true);
    private static final FlagName READ = FlagName.of("r", false);
    private static final AtomicInteger MIGRATIONS = new AtomicInteger();

    /** Lets nothing expire that a test does not let expire, on a slow machine too. */
    private static final Duration LONG = Duration.ofSeconds(60);

    private static TestSchema source;
    private static TestSchema target;

    private final String migration = "m" + MIGRATIONS.incrementAndGet();
    private final JdbcFlagStore flags = flags(new SchemaSource(target));
    private final JdbcAcknowledgements acknowledgements = acknowledgements(new SchemaSource(target));
    private final Routing routing = new Routing(flags, WRITE, READ);
    private final List<Router> routers = new ArrayList<>();

    private record Row(long id, String text) {}

    @BeforeAll
    static void createSchemas() throws SQLException {
        source = TestSchema.on(TestServers.source(), "router");
        target = TestSchema.on(TestServers.target(), "router");
        try (Connection connection = target.connect()) {
            new JdbcFlagStore(new SchemaSource(target), target.name(), "any", WriteGuard.NONE).createTables(connection);
            new JdbcAcknowledgements(new SchemaSource(target), target.name(), "any").createTable(connection);
        }
    }

    @AfterAll
    static void dropSchemas() throws SQLException {
        source.close();
        target.close();
    }

    @BeforeEach
    void createTables() throws SQLException {
        for (TestSchema schema : List.of(source, target)) {
            schema.execute(
                    "DROP TABLE IF EXISTS history",
                    "CREATE TABLE history (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, text VARCHAR(100) NOT NULL)");
        }
        target.execute("ALTER TABLE history AUTO_INCREMENT = 1000000");
        routing.initialise("test", "begin");
    }

    @AfterEach
    void closeRouters() {
        routers.forEach(Router::close);
    }

    private JdbcFlagStore flags(SchemaSource pool) {
        return new JdbcFlagStore(pool, target.name(), migration, WriteGuard.NONE);
    }

    private JdbcAcknowledgements acknowledgements(SchemaSource pool) {
        return new JdbcAcknowledgements(pool, target.name(), migration);
    }

    private Router router(String name, SchemaSource state, Duration lease) {
        Router router = Router.between(new SchemaSource(source), new SchemaSource(target))
                .flags(flags(state), WRITE, READ)
                .acknowledging(acknowledgements(state), name)
                .refresh(Duration.ofMillis(100))
                .lease(lease)
                .start();
        routers.add(router);
        return router;
    }

    private Router router() {
        return router("a", new SchemaSource(target), LONG);
    }

    private static Router.Work<Long> insert(String text) {
        return connection -> {
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO history (text) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
                insert.setString(1, text);
                insert.executeUpdate();
                try (ResultSet keys = insert.getGeneratedKeys()) {
                    keys.next();
                    return keys.getLong(1);
                }
            }
        };
    }

    /** A short lease may end on a slow machine between two heartbeats; nothing is written then. */
    private static void writeOnceAllowed(Router router, String text) {
        Awaitility.await().ignoreException(FlagsUnknownException.class).until(() -> router.write(insert(text)) > 0);
    }

    private static Router.Work<Integer> run(String sql) {
        return connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate(sql);
            }
        };
    }

    private static List<Row> rows(Router router) throws SQLException {
        return router.read(
                connection -> {
                    List<Row> found = new ArrayList<>();
                    try (Statement statement = connection.createStatement();
                            ResultSet rows = statement.executeQuery("SELECT id, text FROM history ORDER BY id")) {
                        while (rows.next()) {
                            found.add(new Row(rows.getLong(1), rows.getString(2)));
                        }
                    }
                    return found;
                },
                Row::id);
    }

    private static void fence(TestSchema schema) throws SQLException {
        for (String event : List.of("INSERT", "UPDATE", "DELETE")) {
            schema.execute("CREATE TRIGGER fence_" + event + " BEFORE " + event + " ON history FOR EACH ROW"
                    + " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'widekey: history is closed on this side'");
        }
    }

    private static void open(TestSchema schema) throws SQLException {
        for (String event : List.of("INSERT", "UPDATE", "DELETE")) {
            schema.execute("DROP TRIGGER fence_" + event);
        }
    }

    private static long count(TestSchema schema) throws SQLException {
        return Long.parseLong(schema.value("SELECT COUNT(*) FROM history").orElseThrow());
    }

    private void awaitEverybody() {
        FlagPair pair = routing.pair();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> acknowledgements.of(pair).outcome() == Roll.Outcome.COMPLETE);
    }

    /** The whole fenced cutover as an application lives through it: refused on one side, refused on the other, then through. */
    @Test
    void aWriteThatAFenceRefusesArrivesOnTheOtherSideOnceThatIsOpen() throws Exception {
        Router router = router("a", new SchemaSource(target), LONG);
        router.write(insert("before"));
        fence(target);
        fence(source);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<Long> waiting = pool.submit(() -> router.write(insert("during")));
            Awaitility.await().until(() -> router.counts().refused() > 1);
            new Switch(flags, Switch.FENCED, false).turnOn("test", "fenced");
            routing.moveWrites("test", "still and equal");
            routing.moveReads("test", "still and equal");
            awaitEverybody();
            long refused = router.counts().refused();
            Awaitility.await().until(() -> router.counts().refused() > refused);
            open(target);
            assertThat(waiting.get(60, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(1_000_000);
        } finally {
            pool.shutdownNow();
        }
        assertThat(count(source)).isEqualTo(1);
        assertThat(count(target)).isEqualTo(1);
        assertThat(router.counts().retried()).isEqualTo(router.counts().refused());
        assertThat(router.counts().written()).isEqualTo(2);
    }

    @Test
    void aRefusedTransactionLeavesNothingBehind() throws Exception {
        Router router = router();
        target.execute("CREATE TABLE IF NOT EXISTS note (text VARCHAR(100))", "TRUNCATE note");
        source.execute("CREATE TABLE IF NOT EXISTS note (text VARCHAR(100))", "TRUNCATE note");
        fence(source);
        routing.moveWrites("test", "move");
        router.write(connection -> {
            run("INSERT INTO note VALUES ('beside it')").with(connection);
            return insert("a").with(connection);
        });
        assertThat(source.value("SELECT COUNT(*) FROM note")).contains("0");
        assertThat(target.value("SELECT COUNT(*) FROM note")).contains("1");
    }

    @Test
    void anotherErrorOfTheApplicationsOwnTriggerIsNotTriedAgain() throws Exception {
        Router router = router();
        source.execute("CREATE TRIGGER own BEFORE INSERT ON history FOR EACH ROW"
                + " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no such module'");
        assertThatThrownBy(() -> router.write(insert("a"))).hasMessage("no such module");
        assertThat(router.counts().refused()).isZero();
    }

    @Test
    void aRowOnBothSidesIsReadOnceAndTheSourcesWinsUntilReadsHaveMoved() throws Exception {
        source.execute("INSERT INTO history VALUES (1, 'changed'), (2, 'not copied yet')");
        target.execute("INSERT INTO history VALUES (1, 'copied'), (1000001, 'born here')");
        Router router = router();
        assertThat(rows(router)).containsExactly(new Row(2, "not copied yet"), new Row(1, "changed"));
        routing.moveWrites("test", "move");
        awaitEverybody();
        assertThat(rows(router))
                .containsExactly(new Row(1000001, "born here"), new Row(2, "not copied yet"), new Row(1, "changed"));
        new Switch(flags, Switch.FENCED, false).turnOn("test", "as if it were a fenced one");
        Awaitility.await().untilAsserted(() -> assertThat(rows(router)).contains(new Row(1, "copied")));
        routing.moveReads("test", "move");
        awaitEverybody();
        assertThat(rows(router)).containsExactly(new Row(1000001, "born here"), new Row(1, "copied"));
    }

    @Test
    void aChangeGoesWhereTheRowWasBornAndADeleteToBothSides() throws Exception {
        source.execute("INSERT INTO history VALUES (1, 'a'), (2, 'a')");
        target.execute("INSERT INTO history VALUES (1, 'a'), (2, 'a'), (1000001, 'a')");
        Router router = router();
        routing.moveWrites("test", "move");
        awaitEverybody();
        assertThat(router.change(run("UPDATE history SET text = 'b' WHERE id = 1")))
                .isEqualTo(1);
        assertThat(router.change(run("UPDATE history SET text = 'b' WHERE id = 1000001")))
                .isEqualTo(1);
        assertThat(router.change(run("UPDATE history SET text = 'b' WHERE id = 77")))
                .isZero();
        assertThat(source.value("SELECT text FROM history WHERE id = 1")).contains("b");
        assertThat(target.value("SELECT text FROM history WHERE id = 1")).contains("a");
        assertThat(target.value("SELECT text FROM history WHERE id = 1000001")).contains("b");
        assertThat(router.delete(run("DELETE FROM history WHERE id = 2"))).isEqualTo(1);
        assertThat(count(source)).isEqualTo(1);
        assertThat(count(target)).isEqualTo(2);
        routing.moveReads("test", "move");
        awaitEverybody();
        router.change(run("UPDATE history SET text = 'c' WHERE id = 1"));
        router.delete(run("DELETE FROM history WHERE id = 1000001"));
        assertThat(source.value("SELECT text FROM history WHERE id = 1")).contains("b");
        assertThat(target.value("SELECT text FROM history WHERE id = 1")).contains("c");
    }

    /** A process that hangs, as the others see it, and what it does when it comes back. */
    @Test
    void aFrozenInstanceExpiresAndRefusesItsOwnWritesUntilItHasReadTheFlagsAgain() throws Exception {
        SchemaSource state = new SchemaSource(target);
        Router router = router("frozen", state, Duration.ofSeconds(2));
        writeOnceAllowed(router, "a");
        state.freeze();
        routing.moveWrites("test", "move");
        FlagPair pair = routing.pair();
        assertThat(acknowledgements.of(pair).waiting()).hasSize(1);
        Awaitility.await().until(() -> acknowledgements.of(pair).outcome() == Roll.Outcome.COMPLETE);
        assertThat(acknowledgements.of(pair).expired()).hasSize(1);
        // Nobody waits for it any more, and from here on it must not write to the source.
        assertThatThrownBy(() -> router.write(insert("late"))).isInstanceOf(FlagsUnknownException.class);
        assertThatThrownBy(() -> rows(router)).isInstanceOf(FlagsUnknownException.class);
        state.thaw();
        Awaitility.await().ignoreExceptions().until(() -> router.write(insert("b")) >= 1_000_000);
        assertThat(count(source)).isEqualTo(1);
        awaitEverybody();
        assertThat(acknowledgements.of(pair).acknowledged()).hasSize(1);
    }

    @Test
    void aWriteThatOutlastsItsLeaseIsRolledBack() throws Exception {
        SchemaSource state = new SchemaSource(target);
        Router router = router("slow", state, Duration.ofSeconds(2));
        writeOnceAllowed(router, "a");
        assertThatThrownBy(() -> router.write(connection -> {
                    long id = insert("late").with(connection);
                    state.cut();
                    Awaitility.await().until(() -> isRefused(() -> rows(router)));
                    state.mend();
                    Awaitility.await().until(() -> !isRefused(() -> rows(router)));
                    return id;
                }))
                .isInstanceOf(FlagsUnknownException.class)
                .hasMessageContaining("the lease ended while this went on");
        assertThat(source.value("SELECT COUNT(*) FROM history WHERE text = 'late'"))
                .contains("0");
        writeOnceAllowed(router, "again");
        assertThat(count(source)).isEqualTo(2);
    }

    private interface Call {
        void run() throws SQLException;
    }

    private static boolean isRefused(Call call) throws SQLException {
        try {
            call.run();
            return false;
        } catch (FlagsUnknownException e) {
            return true;
        }
    }

    @Test
    void aRouterThatBeginsWithoutTheFlagsWritesOnceItHasThem() throws Exception {
        SchemaSource state = new SchemaSource(target);
        state.cut();
        Router router = router("a", state, LONG);
        assertThatThrownBy(() -> router.write(insert("a")))
                .isInstanceOf(FlagsUnknownException.class)
                .hasMessageContaining("have not been read yet");
        state.mend();
        Awaitility.await().ignoreExceptions().until(() -> router.write(insert("b")) > 0);
        assertThat(count(source)).isEqualTo(1);
    }

    @Test
    void aRouterThatIsClosedFinishesItsWritesAndLeaves() throws Exception {
        Router router = router();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            Future<Long> last = pool.submit(() -> router.write(connection -> {
                begun.countDown();
                Awaitility.await().until(() -> closing.getCount() == 0);
                return insert("last").with(connection);
            }));
            begun.await();
            Future<?> closed = pool.submit(router::close);
            Awaitility.await().until(() -> {
                try {
                    rows(router);
                    return false;
                } catch (IllegalStateException e) {
                    return true;
                }
            });
            assertThat(acknowledgements.of(routing.pair()).acknowledged()).hasSize(1);
            closing.countDown();
            last.get(30, TimeUnit.SECONDS);
            closed.get(30, TimeUnit.SECONDS);
        } finally {
            pool.shutdownNow();
        }
        assertThat(count(source)).isEqualTo(1);
        assertThat(acknowledgements.of(routing.pair()).outcome()).isEqualTo(Roll.Outcome.NOBODY);
    }

    /** The promise itself, without any fence: what an acknowledged side holds does not grow any more. */
    @Test
    void nothingIsWrittenToASideOnceEverybodyHasAcknowledgedTheOther() throws Exception {
        ExecutorService pool = Executors.newCachedThreadPool();
        AtomicBoolean over = new AtomicBoolean();
        List<Future<?>> writers = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                Router router = router("w" + i, new SchemaSource(target), LONG);
                for (int j = 0; j < 2; j++) {
                    writers.add(pool.submit(() -> {
                        while (!over.get()) {
                            router.write(connection -> {
                                // A write that takes its time between the look at the flags and the commit.
                                run("DO SLEEP(0.15)").with(connection);
                                return insert("x").with(connection);
                            });
                        }
                        return null;
                    }));
                }
            }
            boolean forward = true;
            for (int flips = 0; flips < 6; flips++) {
                TestSchema left = forward ? source : target;
                TestSchema entered = forward ? target : source;
                if (forward) {
                    routing.moveWrites("test", "there");
                } else {
                    routing.returnWrites("test", "and back");
                }
                awaitEverybody();
                long then = count(left);
                long there = count(entered);
                Awaitility.await().until(() -> count(entered) >= there + 8);
                assertThat(count(left)).as("flip %s", flips).isEqualTo(then);
                forward = !forward;
            }
            over.set(true);
            for (Future<?> writer : writers) {
                writer.get(60, TimeUnit.SECONDS);
            }
        } finally {
            over.set(true);
            pool.shutdown();
        }
        long written =
                routers.stream().mapToLong(router -> router.counts().written()).sum();
        assertThat(count(source) + count(target)).isEqualTo(written);
    }

    @Test
    void aDifferenceBetweenTheSidesIsReported() throws Exception {
        source.execute("INSERT INTO history VALUES (1, 'a'), (2, 'b')");
        target.execute("INSERT INTO history VALUES (1, 'a'), (2, 'B')");
        List<Difference> differences = new CopyOnWriteArrayList<>();
        Router router = Router.between(new SchemaSource(source), new SchemaSource(target))
                .flags(flags, WRITE, READ)
                .acknowledging(acknowledgements, "a")
                .shadow(() -> Optional.of(Duration.ofMillis(50)), differences::add)
                .start();
        routers.add(router);
        rows(router);
        Awaitility.await().until(() -> router.counts().compared() == 1);
        assertThat(differences).extracting(Difference::id).containsExactly(2L);
        assertThat(router.counts().differences()).isEqualTo(1);
    }
}
