package dev.widekey.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.FaultyDataSource.Fault;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JdbcFlagStoreIT extends FlagStoreContract {

    private static final AtomicInteger MIGRATIONS = new AtomicInteger();
    private static TestSchema schema;

    private final FaultyDataSource dataSource = new FaultyDataSource(schema);
    private final String migration = "m" + MIGRATIONS.incrementAndGet();

    @BeforeAll
    static void createTables() throws SQLException {
        schema = TestSchema.on(TestServers.target(), "flags");
        JdbcFlagStore store = new JdbcFlagStore(new FaultyDataSource(schema), schema.name(), "any", WriteGuard.NONE);
        try (Connection connection = schema.connect()) {
            store.createTables(connection);
            store.createTables(connection);
        }
    }

    @AfterAll
    static void dropSchema() throws SQLException {
        schema.close();
    }

    @Override
    FlagStore emptyStore() {
        return new JdbcFlagStore(dataSource, schema.name(), "m" + MIGRATIONS.incrementAndGet(), WriteGuard.NONE);
    }

    private JdbcFlagStore store() {
        return store(WriteGuard.NONE);
    }

    private JdbcFlagStore store(WriteGuard guard) {
        return new JdbcFlagStore(dataSource, schema.name(), migration, guard);
    }

    @Test
    void migrationsDoNotSeeEachOther() {
        FlagStore other = emptyStore();
        other.create("a", true, "one", "r");
        assertThat(store().read("a")).isEmpty();
        assertThat(store().history()).isEmpty();
    }

    @Test
    void guardRunsInTheWritingTransactionAndItsRefusalWritesNothing() {
        store().create("a", false, "one", "r");
        JdbcFlagStore refused = store(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("UPDATE " + schema.name() + ".flag SET reason = 'touched' WHERE migration = '"
                        + migration + "'");
            }
            throw new IllegalStateException("this process is no longer the owner");
        });
        Flag before = refused.read("a").orElseThrow();
        assertThatThrownBy(() -> refused.compareAndSet(before, true, "two", "r"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no longer the owner");
        assertThat(refused.read("a")).contains(before);
        assertThat(refused.history()).hasSize(1);
    }

    @Test
    void valueChangedByHandIsAConflict() throws SQLException {
        Flag flag = store().create("a", false, "one", "r");
        schema.execute("UPDATE flag SET enabled = 1 WHERE migration = '" + migration + "'");
        assertThatThrownBy(() -> store().compareAndSet(flag, false, "one", "r"))
                .isInstanceOf(FlagConflictException.class);
    }

    @Test
    void unreachableStoreIsNeitherAnAnswerNorAChange() {
        Flag flag = store().create("a", false, "one", "r");
        dataSource.plan(Fault.REFUSE_CONNECTION, Fault.REFUSE_CONNECTION);
        assertThatThrownBy(() -> store().read("a")).isInstanceOf(FlagStoreException.class);
        assertThatThrownBy(() -> store().compareAndSet(flag, true, "one", "r"))
                .isInstanceOf(FlagStoreException.class)
                .hasMessageContaining("nothing was changed");
        assertThat(store().read("a")).contains(flag);
    }

    @Test
    void commitThatHappenedButWasNotAnsweredIsFound() {
        Flag flag = store().create("a", false, "one", "r");
        dataSource.plan(Fault.LOSE_ANSWER_AFTER_COMMIT);
        Flag written = store().compareAndSet(flag, true, "two", "r");
        assertThat(store().read("a")).contains(written);
        assertThat(store().history()).containsExactly(flag, written);
    }

    @Test
    void commitThatWasLostOnTheWayIsTriedAgain() {
        dataSource.plan(Fault.LOSE_COMMIT, Fault.NONE, Fault.LOSE_COMMIT);
        Flag written = store().create("a", true, "two", "r");
        assertThat(written.version()).isEqualTo(1);
        assertThat(store().history()).containsExactly(written);
    }

    @Test
    void commitThatIsLostEveryTimeIsAnError() {
        dataSource.plan(
                Fault.LOSE_COMMIT,
                Fault.NONE,
                Fault.LOSE_COMMIT,
                Fault.NONE,
                Fault.LOSE_COMMIT,
                Fault.NONE,
                Fault.LOSE_COMMIT,
                Fault.NONE,
                Fault.LOSE_COMMIT,
                Fault.NONE);
        assertThatThrownBy(() -> store().create("a", true, "two", "r")).isInstanceOf(FlagStoreException.class);
        assertThat(store().read("a")).isEmpty();
    }

    @Test
    void lostAnswerThatCannotBeReadIsAmbiguous() {
        Flag flag = store().create("a", false, "one", "r");
        dataSource.plan(Fault.LOSE_ANSWER_AFTER_COMMIT, Fault.REFUSE_CONNECTION);
        assertThatThrownBy(() -> store().compareAndSet(flag, true, "two", "r"))
                .isInstanceOf(AmbiguousFlagException.class)
                .hasMessageContaining("flag a may or may not have become true in version 2");
    }

    @Test
    void lostWriteThatSomebodyReplacedSinceCountsAsDone() {
        Flag flag = store().create("a", false, "one", "r");
        dataSource.plan(Fault.LOSE_ANSWER_AFTER_COMMIT);
        JdbcFlagStore quick =
                new JdbcFlagStore(new FaultyDataSource(schema), schema.name(), migration, WriteGuard.NONE);
        dataSource.afterNextCommit(() -> quick.compareAndSet(quick.read("a").orElseThrow(), false, "three", "r"));
        Flag written = store().compareAndSet(flag, true, "two", "r");
        assertThat(written.owner()).isEqualTo("two");
        assertThat(store().history()).extracting(Flag::owner).containsExactly("one", "two", "three");
    }

    /** The client has given up on a transaction the server still holds; what it becomes decides. */
    @Test
    void settlingWaitsForTheLostTransaction() throws Exception {
        Flag flag = store().create("a", false, "one", "r");
        dataSource.plan(Fault.LEAVE_COMMIT_PENDING);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<Flag> outcome = pool.submit(() -> store().compareAndSet(flag, true, "two", "r"));
            Connection pending = dataSource.pending();
            Awaitility.await().until(JdbcFlagStoreIT::someoneWaitsForALock);
            assertThat(outcome.isDone()).isFalse();
            pending.commit();
            pending.close();
            Flag written = outcome.get(30, TimeUnit.SECONDS);
            assertThat(store().history()).containsExactly(flag, written);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void routingMovesThroughTheRealStoreWithLostAnswers() {
        Routing routing = new Routing(store(), FlagName.of("w", true), FlagName.of("r", false));
        dataSource.plan(Fault.NONE, Fault.LOSE_ANSWER_AFTER_COMMIT);
        assertThat(routing.initialise("daemon", "start")).isEqualTo(Stage.BEFORE);
        dataSource.plan(Fault.NONE, Fault.LOSE_ANSWER_AFTER_COMMIT);
        routing.moveWrites("daemon", "parity");
        dataSource.plan(Fault.NONE, Fault.LOSE_COMMIT);
        routing.moveReads("daemon", "quiet");
        assertThat(routing.stage()).isEqualTo(Stage.READS_MOVED);
        assertThat(store().history())
                .extracting(f -> f.name() + "=" + f.enabled())
                .isEqualTo(List.of("r=true", "w=false", "w=true", "r=false"));
    }

    private static boolean someoneWaitsForALock() throws SQLException {
        return schema.value("SELECT 1 FROM performance_schema.data_locks WHERE lock_status = 'WAITING'"
                        + " AND object_schema = '" + schema.name() + "'")
                .isPresent();
    }
}
