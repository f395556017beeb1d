package dev.widekey.daemon.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Retries;
import dev.widekey.daemon.database.TestDatabases;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.OwnedTarget;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.Phase;
import io.github.resilience4j.retry.Retry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From the stored history to a receiver, with everything real but the phases. */
@Timeout(60)
class CourierIT {
    private OwnedTarget target;
    private LocalReceiver receiver;
    private MigrationRecord record;
    private Phase phase = Phase.IDLE;

    @BeforeEach
    void create() throws Exception {
        target = new OwnedTarget();
        receiver = new LocalReceiver();
        record =
                new MigrationRecord(target.database, target.state, target.owner.migration(), Retry.ofDefaults("state"));
        record.require(target.ownership, "a.t", "b.t");
        move(Phase.PREPARE, Phase.BACKFILL, Phase.CATCH_UP, Phase.VERIFY, Phase.READY);
    }

    @AfterEach
    void drop() throws Exception {
        receiver.close();
        target.close();
    }

    private void move(Phase... to) throws Exception {
        for (Phase next : to) {
            record.move(target.ownership, phase, next, "a test");
            phase = next;
        }
    }

    private Hooks start(Ownership ownership, MeterRegistry metrics) {
        Retries retries = new Retries(metrics, () -> false);
        HookLog ledger = new HookLog(
                target.database, target.state, target.owner.migration(), ownership, retries.untilItPasses("hooks"));
        DaemonConfig.Hooks config = new DaemonConfig.Hooks(
                Optional.of(new DaemonConfig.Webhook(receiver.url(), Optional.empty())),
                Optional.empty(),
                Duration.ofMinutes(1));
        return Hooks.start(config, ledger, retries, () -> false, () -> phase == Phase.DONE, metrics);
    }

    @Test
    void aReceiverThatFailsIsToldUntilItTakesTheEvent() throws Exception {
        receiver.answer(body -> 500, body -> 429, body -> 0);
        MeterRegistry metrics = new SimpleMeterRegistry();
        try (Hooks hooks = start(target.ownership, metrics)) {
            await().atMost(Duration.ofSeconds(20)).until(() -> receiver.taken().size() == 1);
            move(Phase.FENCE, Phase.FLIP, Phase.OPEN);
            await().atMost(Duration.ofSeconds(20))
                    .until(() ->
                            metrics.get("widekey.hook.sent").functionCounter().count() == 3);
        }
        assertThat(receiver.taken()).hasSize(3);
        assertThat(receiver.requests().subList(0, 4))
                .extracting(LocalReceiver.Request::body)
                .containsOnly(receiver.taken().get(0));
        assertThat(metrics.get("widekey.retries").tag("op", "webhook").counter().count())
                .isEqualTo(3);
        assertThat(metrics.get("widekey.hook.pending").gauge().value()).isZero();
        assertThat(metrics.get("widekey.hook.failed").functionCounter().count()).isZero();
    }

    @Test
    void aProcessThatEndsBetweenTheAnswerAndTheMarkLeavesTheSameEventToTheNext() throws Exception {
        // The receiver has the event, and the process loses the migration before it can store that.
        receiver.answer(body -> {
            target.loseOwnership();
            return 204;
        });
        try (Hooks hooks = start(target.ownership, new SimpleMeterRegistry())) {
            await().until(() -> receiver.taken().size() == 1);
        }
        Database.Owner next = new Database.Owner(target.owner.migration(), "next");
        target.ownership.close();
        try (Database database = TestDatabases.target(target.schema.server(), next);
                Ownership ownership = Ownership.take(database, target.state, next, "next");
                Hooks hooks = start(ownership, new SimpleMeterRegistry())) {
            await().atMost(Duration.ofSeconds(20)).until(() -> receiver.taken().size() == 2);
        }
        assertThat(receiver.taken().get(1)).isEqualTo(receiver.taken().get(0));
    }

    @Test
    void aProcessThatGoesOnTellsNothingAgain() throws Exception {
        MeterRegistry first = new SimpleMeterRegistry();
        try (Hooks hooks = start(target.ownership, first)) {
            await().until(() -> target.schema.value("SELECT number FROM hook").equals(Optional.of("1")));
        }
        move(Phase.FLIP_WRITES, Phase.DRAIN, Phase.FLIP_READS, Phase.DONE);
        start(target.ownership, new SimpleMeterRegistry()).close();
        assertThat(receiver.taken())
                .hasSize(3)
                .satisfies(bodies -> assertThat(bodies.get(0)).contains("\"number\":1,\"event\":\"verified\""))
                .satisfies(bodies -> assertThat(bodies.get(1)).contains("\"number\":2,\"event\":\"writes-moved\""))
                .satisfies(bodies -> assertThat(bodies.get(2)).contains("\"number\":3,\"event\":\"reads-moved\""));
    }

    @Test
    void aCloseDoesNotWaitForAReceiverThatDoesNotAnswer() throws Exception {
        receiver.answerAlways(Optional.of(receiver.none()));
        Hooks hooks = start(target.ownership, new SimpleMeterRegistry());
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("hook-webhook"))
                .anyMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
        long begun = System.nanoTime();
        hooks.close();
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)).isLessThan(5);
        assertThat(target.schema.value("SELECT COUNT(*) FROM hook")).isEqualTo(Optional.of("0"));
        assertThat(List.copyOf(receiver.taken())).isEmpty();
    }
}
