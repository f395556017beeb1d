package dev.widekey.daemon.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.OwnedTarget;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.Phase;
import io.github.resilience4j.retry.Retry;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each test has a migration of its own in one state schema. */
class HookLogIT extends LedgerContract {
    private static final AtomicInteger MIGRATION = new AtomicInteger();

    private static OwnedTarget target;

    private final Database.Owner owner = new Database.Owner("m-" + MIGRATION.incrementAndGet(), "test");
    private Ownership ownership;
    private MigrationRecord record;
    private Phase phase = Phase.IDLE;

    @BeforeAll
    static void create() throws Exception {
        target = new OwnedTarget();
    }

    @AfterAll
    static void drop() throws Exception {
        target.close();
    }

    @BeforeEach
    void begin() throws Exception {
        ownership = Ownership.take(target.database, target.state, owner, "test");
        record = new MigrationRecord(target.database, target.state, owner.migration(), Retry.ofDefaults("state"));
        record.require(ownership, "a.t", "b.t");
    }

    @AfterEach
    void end() {
        ownership.close();
    }

    @Override
    HookLog ledger() {
        return new HookLog(target.database, target.state, owner.migration(), ownership, Retry.ofDefaults("hooks"));
    }

    @Override
    void move(Phase... to) throws Exception {
        for (Phase next : to) {
            record.move(ownership, phase, next, "a test");
            phase = next;
        }
    }

    @Test
    void aProcessThatLostTheMigrationStoresNothing() throws Exception {
        target.loseOwnership();
        assertThatThrownBy(() -> ledger().store("webhook", new Mark(1, 1, 0))).isInstanceOf(HaltException.class);
        assertThat(ledger().mark("webhook")).isEqualTo(Mark.BEGINNING);
    }

    @Test
    void anEventHasTheTimeAndTheEpochOfTheMoveBehindIt() throws Exception {
        move(Phase.PREPARE, Phase.BACKFILL, Phase.CATCH_UP, Phase.VERIFY, Phase.READY);
        Event event = ledger().after(Mark.BEGINNING).get(5).events().get(0);
        MigrationRecord.Entry behind = record.history().get(5);
        assertThat(event)
                .isEqualTo(new Event(owner.migration(), 1, Happening.VERIFIED, ownership.epoch(), behind.at()));
    }

    @Test
    void theTableIsAddedToAStateThatWasMadeWithoutIt() throws Exception {
        target.schema.execute("DROP TABLE hook");
        try (Connection connection = target.database.connect()) {
            target.state.create(connection);
        }
        assertThat(ledger().mark("webhook")).isEqualTo(Mark.BEGINNING);
    }
}
