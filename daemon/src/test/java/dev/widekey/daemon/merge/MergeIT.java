package dev.widekey.daemon.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.ReadChunk;
import dev.widekey.backfill.Window;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the application does to a row while its chunk is in flight, at each point of the chunk's life, on real servers. */
class MergeIT {

    /** When the change is delivered. */
    enum Moment {
        BEFORE_THE_READ,
        BETWEEN_READ_AND_INSERT,
        BEFORE_THE_COMMIT,
        AFTER_THE_COMMIT
    }

    /** What the application does. Row 20 is there before; row 25 and row 5 are not. */
    enum Act {
        INSERT("INSERT INTO t VALUES (25, 'new')"),
        UPDATE("UPDATE t SET v = 'changed' WHERE id = 20"),
        DELETE("DELETE FROM t WHERE id = 20"),
        KEY_CHANGE("UPDATE t SET id = 25 WHERE id = 20"),
        KEY_CHANGE_OUT_OF_THE_CHUNK("UPDATE t SET id = 500 WHERE id = 20"),
        REINSERTION("DELETE FROM t WHERE id = 20", "INSERT INTO t VALUES (20, 'again')"),
        DELETE_OF_A_NEW_ROW("INSERT INTO t VALUES (25, 'new')", "DELETE FROM t WHERE id = 25"),
        REINSERTION_AND_DELETE(
                "DELETE FROM t WHERE id = 20", "INSERT INTO t VALUES (20, 'again')", "DELETE FROM t WHERE id = 20");

        private final String[] statements;

        Act(String... statements) {
            this.statements = statements;
        }
    }

    @ParameterizedTest
    @EnumSource(Act.class)
    void everyChangeAtEveryMomentEndsAsOnTheSource(Act act) throws Exception {
        for (Moment moment : Moment.values()) {
            try (Rig rig =
                    new Rig(TestServers.source(), TestServers.target(), "10, 'ten'", "20, 'twenty'", "30, NULL")) {
                copyWith(rig, act, moment);
                rig.settle();
                assertThat(rig.targetRows()).as("%s %s", act, moment).isEqualTo(rig.sourceRows());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Act.class,
            names = {"DELETE", "REINSERTION", "KEY_CHANGE"})
    void withoutGtidsTheSameHolds(Act act) throws Exception {
        try (MySqlServer source = MySqlServer.start(ServerOptions.defaults().withoutGtid())) {
            for (Moment moment : Moment.values()) {
                try (Rig rig = new Rig(source, TestServers.target(), "10, 'ten'", "20, 'twenty'", "30, NULL")) {
                    copyWith(rig, act, moment);
                    rig.settle();
                    assertThat(rig.targetRows()).as("%s %s", act, moment).isEqualTo(rig.sourceRows());
                }
            }
        }
    }

    @Test
    void aLowIdCommittedAfterItsChunkWasCopiedArrives() throws Exception {
        try (Rig rig = new Rig(TestServers.source(), TestServers.target(), "10, 'ten'", "30, 'thirty'");
                Connection late = rig.source.connect();
                Statement statement = late.createStatement()) {
            late.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (20, 'late')");
            Chunk chunk = rig.plan(new KeyRange(null, 100L));
            try (Connection source = rig.sourceDatabase.pool().getConnection();
                    Window window = rig.stream.windows().open(chunk)) {
                window.awaitVisible(source);
                ReadChunk.into(source, rig.sourceTable, chunk, window);
                window.commit();
            }
            assertThat(rig.targetRows()).doesNotContainKey(20L);
            late.commit();
            rig.settle();
            assertThat(rig.targetRows()).isEqualTo(rig.sourceRows()).containsEntry(20L, "late");
        }
    }

    @Test
    void aWindowThatIsClosedWithoutCommitLeavesNothingBehind() throws Exception {
        try (Rig rig = new Rig(TestServers.source(), TestServers.target(), "10, 'ten'")) {
            Chunk chunk = rig.plan(KeyRange.ALL);
            try (Connection source = rig.sourceDatabase.pool().getConnection();
                    Window window = rig.stream.windows().open(chunk)) {
                window.awaitVisible(source);
                ReadChunk.into(source, rig.sourceTable, chunk, window);
            }
            assertThat(rig.targetRows()).isEmpty();
            assertThat(rig.chunks.uncopied()).containsExactly(chunk);
        }
    }

    @Test
    void aChunkOfAnOwnerWhoWasReplacedIsRefused() throws Exception {
        try (Rig rig = new Rig(TestServers.source(), TestServers.target(), "10, 'ten'")) {
            Chunk chunk = rig.plan(KeyRange.ALL);
            try (Connection source = rig.sourceDatabase.pool().getConnection();
                    Window window = rig.stream.windows().open(chunk)) {
                window.awaitVisible(source);
                // A taker raises the epoch while this process is between its read and its first write.
                rig.target.execute("UPDATE owner SET epoch = epoch + 1");
                assertThatThrownBy(() -> {
                            ReadChunk.into(source, rig.sourceTable, chunk, window);
                            window.commit();
                        })
                        .isInstanceOfSatisfying(
                                HaltException.class,
                                halt -> assertThat(halt.reason()).isEqualTo(HaltException.Reason.OWNERSHIP_LOST));
            }
            assertThat(rig.targetRows()).isEmpty();
        }
    }

    @Test
    void theStreamOfAnOwnerWhoWasReplacedIsRefused() throws Exception {
        try (Rig rig = new Rig(TestServers.source(), TestServers.target(), "10, 'ten'")) {
            rig.target.execute("UPDATE owner SET epoch = epoch + 1");
            rig.source.execute("INSERT INTO t VALUES (11, 'eleven')");
            await().atMost(Duration.ofSeconds(30)).until(rig.alarm::isRaised);
            assertThatThrownBy(rig.alarm::check)
                    .isInstanceOfSatisfying(
                            HaltException.class,
                            halt -> assertThat(halt.reason()).isEqualTo(HaltException.Reason.OWNERSHIP_LOST));
            assertThat(rig.targetRows()).isEmpty();
        }
    }

    @Test
    void aTombstoneAmongTheApplicationsIdsTakesNoRowOfItsAlong() throws Exception {
        try (Rig rig = new Rig(TestServers.source(), TestServers.target(), "10, 'ten'")) {
            rig.target.execute("INSERT INTO t (id, v) VALUES (1000, 'the application''s')");
            rig.reserve(1000);
            Chunk chunk = rig.plan(KeyRange.ALL);
            try (Connection source = rig.sourceDatabase.pool().getConnection();
                    Window window = rig.stream.windows().open(chunk)) {
                window.awaitVisible(source);
                rig.source.execute("INSERT INTO t VALUES (1000, 'astray')", "DELETE FROM t WHERE id = 1000");
                // What is refused was marked before.
                await().atMost(Duration.ofSeconds(30)).until(rig.alarm::isRaised);
                ReadChunk.into(source, rig.sourceTable, chunk, window);
                window.commit();
            }
            assertThat(rig.targetRows())
                    .containsEntry(1000L, "the application's")
                    .containsEntry(10L, "ten");
            assertThatThrownBy(rig.alarm::check).hasMessageContaining("ids from 1000 up belong to the application");
        }
    }

    @Test
    void aRowOfTheSourceAmongTheApplicationsIdsIsNotCopied() throws Exception {
        try (Rig rig = new Rig(TestServers.source(), TestServers.target(), "10, 'ten'", "1000, 'astray'")) {
            rig.reserve(1000);
            Chunk chunk = rig.plan(KeyRange.ALL);
            try (Connection source = rig.sourceDatabase.pool().getConnection();
                    Window window = rig.stream.windows().open(chunk)) {
                window.awaitVisible(source);
                assertThatThrownBy(() -> ReadChunk.into(source, rig.sourceTable, chunk, window))
                        .isInstanceOfSatisfying(
                                HaltException.class,
                                halt -> assertThat(halt.reason()).isEqualTo(HaltException.Reason.GAP_EXHAUSTED));
            }
            assertThat(rig.targetRows()).isEmpty();
        }
    }

    @Test
    void aLivingOwnerIsNotReplaced() throws Exception {
        try (Rig rig = new Rig(TestServers.source(), TestServers.target())) {
            Database.Owner second = rig.anotherOwner();
            try (Database database = rig.targetFor(second)) {
                assertThatThrownBy(() -> Ownership.take(database, rig.state, second, "second"))
                        .isInstanceOf(Ownership.HeldException.class)
                        .hasMessageContaining("is owned by rig");
            }
        }
    }

    @Test
    void anOwnerWhoseLeaseIsOverIsReplacedAndItsConnectionsEnd() throws Exception {
        try (Rig rig = new Rig(TestServers.source(), TestServers.target())) {
            rig.target.execute("UPDATE lease SET renewed_at = NOW(6) - INTERVAL 1 MINUTE");
            Database.Owner second = rig.anotherOwner();
            try (Database database = rig.targetFor(second);
                    Connection held = rig.targetDatabase.connect();
                    Ownership taken = Ownership.take(database, rig.state, second, "second")) {
                assertThat(taken.epoch()).isEqualTo(rig.ownership.epoch() + 1);
                assertThat(held.isValid(5)).isFalse();
                // Its session was ended with the others; another one shows who owns the migration now.
                assertThatThrownBy(rig.ownership::renew).isInstanceOf(SQLException.class);
                assertThatThrownBy(rig.ownership::renew).isInstanceOf(HaltException.class);
            }
        }
    }

    /** The target's clock, by which the lease is told, was set back or ahead. */
    @Test
    void aClockThatJumpsTakesNoMigrationFromItsOwnerForLongerThanARenewal() throws Exception {
        try (Rig rig = new Rig(TestServers.source(), TestServers.target())) {
            Database.Owner second = rig.anotherOwner();
            try (Database database = rig.targetFor(second)) {
                rig.target.execute("UPDATE lease SET renewed_at = NOW(6) + INTERVAL 1 HOUR");
                assertThatThrownBy(() -> Ownership.take(database, rig.state, second, "second"))
                        .isInstanceOf(Ownership.HeldException.class)
                        .hasMessageContaining("is owned by rig");
                rig.target.execute("UPDATE lease SET renewed_at = NOW(6) - INTERVAL 1 HOUR");
                rig.ownership.renew();
                assertThatThrownBy(() -> Ownership.take(database, rig.state, second, "second"))
                        .isInstanceOf(Ownership.HeldException.class);
            }
            rig.ownership.close();
            rig.target.execute("UPDATE lease SET renewed_at = NOW(6) + INTERVAL 1 HOUR");
            try (Database database = rig.targetFor(second);
                    Ownership taken = Ownership.take(database, rig.state, second, "second")) {
                assertThat(taken.epoch()).isEqualTo(rig.ownership.epoch() + 1);
            }
        }
    }

    @Test
    void anOwnerWhoseSessionIsLostHoldsTheLockAgainWithItsNextRenewal() throws Exception {
        try (Rig rig = new Rig(TestServers.source(), TestServers.target())) {
            String holder = "SELECT IS_USED_LOCK('widekey/" + Rig.MIGRATION + rig.source.name() + "')";
            String before = rig.target.value(holder).orElseThrow();
            rig.target.execute("KILL " + before);
            await().until(() -> rig.target.value(holder).isEmpty());
            assertThatThrownBy(rig.ownership::renew).isInstanceOf(SQLException.class);
            rig.ownership.renew();
            assertThat(rig.target.value(holder)).isPresent().isNotEqualTo(Optional.of(before));
        }
    }

    @Test
    void aLockThatIsNotFreeWhenTheSessionIsReplacedIsTakenByALaterRenewal() throws Exception {
        try (Rig rig = new Rig(TestServers.source(), TestServers.target())) {
            String name = "'widekey/" + Rig.MIGRATION + rig.source.name() + "'";
            String holder = "SELECT IS_USED_LOCK(" + name + ")";
            String first = rig.target.value(holder).orElseThrow();
            // Stands for the lost session, which the server has not noticed yet.
            try (Connection lingering = TestServers.target().connect();
                    Statement statement = lingering.createStatement()) {
                rig.target.execute("KILL " + first);
                statement.execute("SELECT GET_LOCK(" + name + ", 10)");
                String second = rig.target.value(holder).orElseThrow();
                assertThatThrownBy(rig.ownership::renew).isInstanceOf(SQLException.class);
                rig.ownership.renew();
                assertThat(rig.target.value(holder)).contains(second);
            }
            await().until(() -> {
                rig.ownership.renew();
                return rig.target.value(holder).isPresent();
            });
        }
    }

    private static void copyWith(Rig rig, Act act, Moment moment) throws Exception {
        copyWith(rig, act.statements, moment);
    }

    /** Copies a chunk of the keys up to 100 while the statements are executed on the source at that moment. */
    static void copyWith(Rig rig, String[] statements, Moment moment) throws Exception {
        // The stream is up and has delivered something before the chunk begins.
        rig.source.execute("INSERT INTO t VALUES (40, 'forty')");
        rig.awaitWrites(1);
        Chunk chunk = rig.plan(new KeyRange(null, 100L));
        try (Connection source = rig.sourceDatabase.pool().getConnection();
                Window window = rig.stream.windows().open(chunk)) {
            window.awaitVisible(source);
            if (moment == Moment.BEFORE_THE_READ) {
                act(rig, statements);
            }
            ReadChunk.Rows rows = ReadChunk.rows(source, rig.sourceTable, chunk);
            if (moment == Moment.BETWEEN_READ_AND_INSERT) {
                act(rig, statements);
            }
            rows.into(window);
            if (moment == Moment.BEFORE_THE_COMMIT) {
                // The applier may wait for rows the chunk holds; the dispatcher has marked them all the same.
                rig.source.execute(statements);
                rig.source.execute("INSERT INTO t VALUES (600, 'after')");
                rig.awaitWrites(1 + writes(statements) + 1);
            }
            window.commit();
        }
        if (moment == Moment.AFTER_THE_COMMIT) {
            act(rig, statements);
        }
    }

    /** Does it, and waits until it is applied. */
    private static void act(Rig rig, String[] statements) throws Exception {
        rig.source.execute(statements);
        rig.settle();
    }

    private static long writes(String[] statements) {
        long inserts = 0;
        for (String statement : statements) {
            inserts += statement.startsWith("DELETE") ? 0 : 1;
        }
        return inserts;
    }
}
