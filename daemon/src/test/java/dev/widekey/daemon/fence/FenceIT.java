package dev.widekey.daemon.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.OwnedTarget;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FenceIT {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private OwnedTarget owned;
    private Fence fence;

    @BeforeEach
    void create() throws Exception {
        owned = new OwnedTarget();
        owned.schema.execute("CREATE TABLE t (id INT NOT NULL PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
        fence = new Fence(
                owned.database,
                owned.database,
                owned.ownership,
                owned.owner.migration(),
                owned.schema.name(),
                "t",
                Retry.ofDefaults("fence"));
    }

    @AfterEach
    void drop() throws Exception {
        owned.close();
    }

    @Test
    void everyWriteIsRefusedButThoseOfTheDaemonAndReadersAreLeftAlone() throws Exception {
        assertThat(raise()).isInstanceOf(Fence.Result.Up.class);
        assertThat(fence.isUp()).isTrue();
        for (String write : new String[] {
            "INSERT INTO t VALUES (3)", "REPLACE INTO t VALUES (1)", "UPDATE t SET id = 9 WHERE id = 1", "DELETE FROM t"
        }) {
            assertThatThrownBy(() -> owned.schema.execute(write))
                    .as(write)
                    .isInstanceOfSatisfying(SQLException.class, refusal -> {
                        assertThat(refusal.getErrorCode()).isEqualTo(Fence.REFUSED);
                        assertThat(refusal.getSQLState()).isEqualTo("45000");
                        assertThat(refusal.getMessage()).startsWith(Fence.MESSAGE);
                    });
        }
        assertThat(rows()).isEqualTo("2");
        try (Connection connection = owned.database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO " + owned.schema.name() + ".t VALUES (3)");
        }
        assertThat(rows()).isEqualTo("3");
        fence.takeDown();
        assertThat(fence.isUp()).isFalse();
        owned.schema.execute("DELETE FROM t WHERE id = 3");
    }

    @Test
    void raisingAndTakingDownMayBeRepeatedFromAnyPart() throws Exception {
        raise();
        owned.schema.execute("DROP TRIGGER "
                + owned.schema
                        .value("SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = '"
                                + owned.schema.name() + "' AND event_manipulation = 'UPDATE'")
                        .orElseThrow());
        assertThat(fence.isUp()).isFalse();
        assertThat(raise()).isInstanceOf(Fence.Result.Up.class);
        assertThat(raise()).isInstanceOf(Fence.Result.Up.class);
        assertThat(fence.isUp()).isTrue();
        fence.takeDown();
        fence.takeDown();
        assertThat(triggers()).isEqualTo("0");
    }

    @Test
    void anOpenTransactionIsWaitedForAndWhenItLastsNothingIsChanged() throws Exception {
        try (Connection application = owned.schema.connect();
                Statement statement = application.createStatement()) {
            application.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (3)");
            assertThat(raise()).isInstanceOf(Fence.Result.Busy.class);
            assertThat(triggers()).isEqualTo("0");
            assertThat(fence.holders()).contains("connection ");
            CompletableFuture<Fence.Result> waits = CompletableFuture.supplyAsync(this::raisePatiently);
            awaitQueue();
            application.commit();
            assertThat(waits.join()).isInstanceOf(Fence.Result.Up.class);
            assertThat(rows()).isEqualTo("3");
        }
    }

    @Test
    void whoeverQueuesBehindTheFenceIsRefusedByIt() throws Exception {
        try (Connection application = owned.schema.connect();
                Statement statement = application.createStatement()) {
            application.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (3)");
            CompletableFuture<Fence.Result> waits = CompletableFuture.supplyAsync(this::raisePatiently);
            awaitQueue();
            CompletableFuture<Void> late = CompletableFuture.runAsync(() -> {
                try {
                    owned.schema.execute("INSERT INTO t VALUES (4)");
                } catch (SQLException refused) {
                    throw new CompletionException(refused);
                }
            });
            application.commit();
            waits.join();
            assertThatThrownBy(late::join).hasMessageContaining(Fence.MESSAGE);
            assertThat(rows()).isEqualTo("3");
        }
    }

    @Test
    void whoeverWasReplacedNeitherRaisesNorTakesDown() throws Exception {
        owned.loseOwnership();
        assertThatThrownBy(this::raise).isInstanceOf(HaltException.class);
        assertThat(triggers()).isEqualTo("0");
        owned.schema.execute("UPDATE owner SET epoch = epoch - 1");
        raise();
        owned.loseOwnership();
        assertThatThrownBy(fence::takeDown).isInstanceOf(HaltException.class);
        assertThat(triggers()).isEqualTo("3");
    }

    @Test
    void truncatePassesIt() throws Exception {
        raise();
        assertThatCode(() -> owned.schema.execute("TRUNCATE TABLE t")).doesNotThrowAnyException();
        assertThat(rows()).isEqualTo("0");
    }

    private Fence.Result raise() throws SQLException {
        return fence.raise(SECOND, () -> {});
    }

    private Fence.Result raisePatiently() {
        try {
            return fence.raise(Duration.ofSeconds(20), () -> {});
        } catch (SQLException failure) {
            throw new CompletionException(failure);
        }
    }

    /** Waits until the fence waits for the table. */
    private void awaitQueue() {
        await().until(() -> owned.schema
                .value("SELECT COUNT(*) FROM performance_schema.metadata_locks WHERE lock_status = 'PENDING'"
                        + " AND object_schema = '" + owned.schema.name() + "' AND object_name = 't'")
                .equals(Optional.of("1")));
    }

    private String rows() throws SQLException {
        return owned.schema.value("SELECT COUNT(*) FROM t").orElseThrow();
    }

    private String triggers() throws SQLException {
        return owned.schema
                .value("SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = '" + owned.schema.name()
                        + "'")
                .orElseThrow();
    }
}
