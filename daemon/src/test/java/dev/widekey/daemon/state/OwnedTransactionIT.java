package dev.widekey.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.widekey.daemon.config.Secret;
import dev.widekey.daemon.config.Tls;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.database.TestDatabases;
import dev.widekey.daemon.state.OwnedTransaction.Outcome;
import dev.widekey.sandbox.fault.FaultProxy;
import dev.widekey.sandbox.fault.Link;
import dev.widekey.sandbox.fault.LinkFault;
import dev.widekey.sandbox.mysql.MySqlServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OwnedTransactionIT {
    private OwnedTarget target;
    private FaultProxy proxy;
    private Database behindProxy;

    @BeforeEach
    void create() throws Exception {
        target = new OwnedTarget();
        target.schema.execute("CREATE TABLE t (id INT NOT NULL PRIMARY KEY)");
        proxy = FaultProxy.to(target.schema.server());
        behindProxy = TestDatabases.target(TestDatabases.plain(proxy.front()), target.owner);
    }

    @AfterEach
    void drop() throws Exception {
        behindProxy.close();
        proxy.close();
        target.close();
    }

    @Test
    void whatIsCommittedIsThere() throws Exception {
        try (OwnedTransaction transaction = begin()) {
            insert(transaction);
            transaction.commit();
        }
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void whatIsNotCommittedIsNot() throws Exception {
        try (OwnedTransaction transaction = begin()) {
            insert(transaction);
        }
        assertThat(rows()).isZero();
        try (OwnedTransaction transaction = begin()) {
            assertThat(transaction.connection().getAutoCommit()).isFalse();
            insert(transaction);
            transaction.commit();
        }
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void aCommitWhoseAnswerIsLostIsFoundToHaveHappened() throws Exception {
        assertThat(outcomeOfACommitThatMeets(LinkFault.EAT_COMMIT_ANSWER)).isEqualTo(Outcome.COMMITTED);
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void aCommitThatNeverArrivedIsFoundNotToHaveHappened() throws Exception {
        assertThat(outcomeOfACommitThatMeets(LinkFault.CUT_BEFORE_COMMIT)).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(rows()).isZero();
    }

    @Test
    void aTransactionTheServerStillHoldsOpenIsEndedBeforeTheQuestion() throws Exception {
        assertThat(outcomeOfACommitThatMeets(LinkFault.HALF_OPEN)).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(rows()).isZero();
        // Its locks are gone: the same row can be written at once.
        try (OwnedTransaction transaction = begin()) {
            insert(transaction);
            transaction.commit();
        }
    }

    @Test
    void nobodyWritesInTheEpochOfSomebodyElse() throws Exception {
        target.loseOwnership();
        assertThatThrownBy(this::begin)
                .isInstanceOf(HaltException.class)
                .extracting(halt -> ((HaltException) halt).reason())
                .isEqualTo(HaltException.Reason.OWNERSHIP_LOST);
        // The connection went back clean, as often as it is tried.
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(this::begin).isInstanceOf(HaltException.class);
        }
        try (Connection pooled = behindProxy.pool().getConnection()) {
            assertThat(pooled.getAutoCommit()).isTrue();
        }
    }

    @Test
    void aTakeoverWaitsForTheTransactionsOfTheOldEpoch() throws Exception {
        try (OwnedTransaction transaction = begin();
                Connection other = target.schema.connect();
                Statement raise = other.createStatement()) {
            insert(transaction);
            raise.execute("SET SESSION innodb_lock_wait_timeout = 1");
            assertThatThrownBy(() -> raise.execute("UPDATE owner SET epoch = epoch + 1"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("Lock wait timeout");
            transaction.commit();
            raise.execute("UPDATE owner SET epoch = epoch + 1");
        }
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void aConnectionNumberGivenToSomebodyElseAfterARestartIsLeftAlone() throws Exception {
        List<Connection> others = new ArrayList<>();
        try (MySqlServer server = MySqlServer.start()) {
            StateSchema state = new StateSchema("widekey");
            server.execute(
                    "CREATE DATABASE widekey",
                    "CREATE USER daemon@'%' IDENTIFIED BY 'secret'",
                    "GRANT ALL ON widekey.* TO daemon@'%'");
            Endpoint endpoint = new Endpoint(
                    server.host(), server.port(), "daemon", new Secret("secret"), Tls.REQUIRED, Optional.empty());
            try (Database database = TestDatabases.target(endpoint, target.owner)) {
                try (Connection connection = database.connect()) {
                    state.create(connection);
                }
                Ownership ownership = Ownership.take(database, state, target.owner, "test");
                OwnedTransaction transaction = OwnedTransaction.begin(database, ownership);
                long number = number(transaction.connection());
                server.restart();
                assertThat(OwnedTransaction.isUnknown(catchThrowableOfType(SQLException.class, transaction::commit)))
                        .isTrue();
                do {
                    others.add(server.connect());
                } while (number(others.get(others.size() - 1)) < number);
                assertThat(transaction.resolve(database, fresh -> false)).isEqualTo(Outcome.ROLLED_BACK);
                assertThat(others)
                        .allSatisfy(other -> assertThat(other.isValid(5)).isTrue());
            } finally {
                for (Connection other : others) {
                    other.close();
                }
            }
        }
    }

    private Outcome outcomeOfACommitThatMeets(LinkFault fault) throws Exception {
        try (OwnedTransaction transaction = begin()) {
            insert(transaction);
            proxy.inject(fault, Link.SQL);
            assertThat(OwnedTransaction.isUnknown(catchThrowableOfType(SQLException.class, transaction::commit)))
                    .isTrue();
            return transaction.resolve(behindProxy, fresh -> {
                try (Statement query = fresh.createStatement();
                        ResultSet row = query.executeQuery(
                                "SELECT id FROM " + target.schema.name() + ".t WHERE id = 1 FOR UPDATE")) {
                    return row.next();
                }
            });
        }
    }

    private OwnedTransaction begin() throws SQLException {
        return OwnedTransaction.begin(behindProxy, target.ownership);
    }

    private void insert(OwnedTransaction transaction) throws SQLException {
        try (Statement insert = transaction.connection().createStatement()) {
            insert.execute("INSERT INTO " + target.schema.name() + ".t VALUES (1)");
        }
    }

    private int rows() throws SQLException {
        return Integer.parseInt(target.schema.value("SELECT COUNT(*) FROM t").orElseThrow());
    }

    private static long number(Connection connection) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT CONNECTION_ID()")) {
            row.next();
            return row.getLong(1);
        }
    }
}
