package dev.widekey.daemon.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.KeyRange;
import dev.widekey.backfill.ReadChunk;
import dev.widekey.backfill.Window;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A row the target refuses, while its chunk is in flight, on real servers: at each point of the chunk's life, and lock by lock. */
class QuarantineLocksIT {

    /** What the application does to row 20; the target takes no {@code poison}. */
    enum Act {
        IS_MENDED("poison", "UPDATE t SET v = 'well' WHERE id = 20"),
        GOES("poison", "DELETE FROM t WHERE id = 20"),
        COMES_BACK_WELL("poison", "DELETE FROM t WHERE id = 20", "INSERT INTO t VALUES (20, 'well')"),
        IS_SPOILT("well", "UPDATE t SET v = 'poison' WHERE id = 20"),
        IS_SPOILT_AND_GOES("well", "UPDATE t SET v = 'poison' WHERE id = 20", "DELETE FROM t WHERE id = 20"),
        IS_SPOILT_AND_MENDED(
                "well", "UPDATE t SET v = 'poison' WHERE id = 20", "UPDATE t SET v = 'better' WHERE id = 20"),
        COMES_BACK_SPOILT("well", "DELETE FROM t WHERE id = 20", "INSERT INTO t VALUES (20, 'poison')"),
        CHANGES_ITS_KEY("poison", "UPDATE t SET id = 25 WHERE id = 20");

        private final String before;
        private final String[] statements;

        Act(String before, String... statements) {
            this.before = before;
            this.statements = statements;
        }
    }

    @ParameterizedTest
    @EnumSource(Act.class)
    void everyRowEndsOnTheTargetOrInQuarantineAtEveryMoment(Act act) throws Exception {
        for (MergeIT.Moment moment : MergeIT.Moment.values()) {
            try (Rig rig = rig(act.before)) {
                MergeIT.copyWith(rig, act.statements, moment);
                rig.settle();
                SortedMap<Long, String> wanted = rig.sourceRows();
                SortedMap<Long, String> refused = new java.util.TreeMap<>(wanted);
                wanted.values().removeIf("poison"::equals);
                refused.values().removeIf(value -> !value.equals("poison"));
                assertThat(rig.targetRows()).as("%s %s", act, moment).isEqualTo(wanted);
                assertThat(entries(rig))
                        .as("%s %s", act, moment)
                        .isEqualTo(refused.keySet().toString());
            }
        }
    }

    @Test
    void aChunkThatMakesAnEntryWaitsForWhoeverWritesTheRow() throws Exception {
        try (Rig rig = rig("poison");
                Connection stream = rig.target.connect();
                Statement statement = stream.createStatement()) {
            stream.setAutoCommit(false);
            commitWhile(rig, () -> statement.execute("INSERT INTO t (id, v) VALUES (20, 'well')"), stream::commit);
            assertThat(rig.targetRows()).containsEntry(20L, "well");
            assertThat(entries(rig)).isEqualTo("[]");
        }
    }

    @Test
    void aChunkWaitsForWhoeverMakesAnEntryForARowOfIts() throws Exception {
        try (Rig rig = rig("well");
                Connection stream = rig.target.connect();
                Statement statement = stream.createStatement()) {
            stream.setAutoCommit(false);
            commitWhile(
                    rig,
                    () -> statement.execute(
                            "INSERT INTO quarantine (migration, row_key, kind, code, reason, fingerprint,"
                                    + " first_seen, last_seen, times) VALUES ('" + Rig.MIGRATION
                                    + "', 20, 'CONSTRAINT', 3819, 'no', '0', NOW(6), NOW(6), 1)"),
                    stream::commit);
            assertThat(rig.targetRows()).doesNotContainKey(20L).containsKey(10L);
            assertThat(entries(rig)).isEqualTo("[20]");
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    /** Writes a chunk, does the step in somebody else's transaction, and ends that once the chunk's own waits for it. */
    private static void commitWhile(Rig rig, Step step, Step end) throws Exception {
        Chunk chunk = rig.plan(new KeyRange(null, 100L));
        try (Connection source = rig.sourceDatabase.pool().getConnection();
                Window window = rig.stream.windows().open(chunk)) {
            window.awaitVisible(source);
            ReadChunk.into(source, rig.sourceTable, chunk, window);
            step.run();
            CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> {
                try {
                    window.commit();
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
            await("the chunk waiting for a lock")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> rig.target
                            .value(
                                    "SELECT COUNT(*) > 0 FROM performance_schema.data_lock_waits w JOIN performance_schema.data_locks l"
                                            + " ON l.engine_lock_id = w.requesting_engine_lock_id WHERE l.object_schema = DATABASE()")
                            .equals(Optional.of("1")));
            assertThat(commit).isNotDone();
            end.run();
            commit.get(30, TimeUnit.SECONDS);
        }
    }

    private static Rig rig(String value) throws Exception {
        Rig rig = new Rig(TestServers.source(), TestServers.target(), "10, 'ten'", "20, '" + value + "'");
        rig.target.execute("ALTER TABLE t ADD CONSTRAINT sane CHECK (v <> 'poison')");
        return rig;
    }

    private static String entries(Rig rig) throws Exception {
        return new EntryLog(rig.targetDatabase, rig.state, Rig.MIGRATION)
                .entries().stream()
                        .map(entry -> String.valueOf(entry.key()))
                        .collect(Collectors.joining(", ", "[", "]"));
    }
}
