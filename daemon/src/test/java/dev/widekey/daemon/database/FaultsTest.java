package dev.widekey.daemon.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketException;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {

    static Stream<SQLException> passing() {
        return Stream.of(
                new SQLTransactionRollbackException("Deadlock found", "40001", 1213),
                new SQLTransactionRollbackException("Lock wait timeout exceeded", "41000", 1205),
                new SQLException("Lock wait timeout exceeded", "HY000", 1205),
                new SQLException("Prepared statement needs to be re-prepared", "HY000", 1615),
                new SQLException("conflict with a concurrent transaction", "40000", 3101),
                new SQLNonTransientConnectionException("Too many connections", "08004", 1040),
                new SQLNonTransientConnectionException("Server shutdown in progress", "08S01", 1053),
                new SQLRecoverableException("Communications link failure", "08S01", 0),
                new SQLException("transaction resolution unknown", "08007"),
                new SQLException(
                        "Communications link failure inside a result",
                        "S1000",
                        new IllegalStateException(new SocketException("Connection reset by peer"))),
                new SQLException("The MySQL server is running with the --read-only option", "HY000", 1290),
                new SQLException("read-only transaction", "25006", 1792),
                new SQLException("The table is full", "HY000", 1114),
                new SQLException("Error writing file (OS errno 28 - No space left on device)", "HY000", 3),
                new SQLException("Error writing file (OS errno 28 - No space left on device)", "HY000", 1026),
                new SQLTimeoutException("interrupted", "HY000", 3024),
                new SQLTransientConnectionException("no connection within 15000 ms"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void theServersOwnConditionPasses(SQLException failure) {
        assertThat(Faults.passes(failure)).isTrue();
        assertThat(Faults.isAboutContent(failure)).isFalse();
        assertThat(Faults.isRefusal(failure)).isFalse();
    }

    static Stream<SQLException> content() {
        return Stream.of(
                new SQLDataException("Out of range value", "22003", 1264),
                new SQLDataException("Data too long", "22001", 1406),
                new SQLException("Incorrect string value", "HY000", 1366),
                new SQLIntegrityConstraintViolationException("Column cannot be null", "23000", 1048),
                new SQLIntegrityConstraintViolationException("Duplicate entry", "23000", 1062),
                new SQLException("longer than max_allowed_packet", "HY000", 1105),
                new SQLException());
    }

    @ParameterizedTest
    @MethodSource("content")
    void whatARowHoldsDoesNotPass(SQLException failure) {
        assertThat(Faults.passes(failure)).isFalse();
        assertThat(Faults.isAboutContent(failure)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1146, 1049, 1051, 1054, 1136, 1364, 1412, 1812, 1814, 1932})
    void aTableThatIsNotAsItWasSaysNothingAboutARow(int code) {
        SQLException failure = new SQLSyntaxErrorException("no such table", "42S02", code);
        assertThat(Faults.isAboutTable(failure)).isTrue();
        assertThat(Faults.isAboutContent(failure)).isFalse();
        assertThat(Faults.passes(failure)).isFalse();
    }

    @Test
    void aPacketThatIsTooLargeStaysTooLarge() {
        SQLException tooLarge =
                new SQLNonTransientConnectionException("Got a packet bigger than allowed", "08S01", 1153);
        assertThat(Faults.passes(tooLarge)).isFalse();
        assertThat(Faults.isAboutContent(tooLarge)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1044, 1045, 1142, 1143, 1227, 1370, 1698, 3118, 3955})
    void aRefusedUserStaysRefused(int code) {
        SQLException refused = new SQLException("denied", "28000", code);
        assertThat(Faults.isRefusal(refused)).isTrue();
        assertThat(Faults.passes(refused)).isFalse();
        assertThat(Faults.isAboutContent(refused)).isFalse();
    }

    @Test
    void aRefusalIsSeenThroughWhatIsWrappedAroundIt() {
        SQLException wrapped = new SQLTransientConnectionException(
                "pool: no connection within 15000 ms",
                new RuntimeException(new SQLException("Access denied", "28000", 1045)));
        assertThat(Faults.isRefusal(wrapped)).isTrue();
        assertThat(Faults.passes(wrapped)).isFalse();
    }

    @Test
    void onlyWhatTheServersSayPasses() {
        assertThat(Faults.passes(null)).isFalse();
        assertThat(Faults.passes(new IllegalStateException(new SQLException("Deadlock", "40001", 1213))))
                .isFalse();
        assertThat(Faults.passes(new InterruptedException())).isFalse();
    }

    @Test
    void aLostConnectionIsToldFromAnAnswer() {
        assertThat(Faults.isConnectionLoss(new SQLRecoverableException("gone"))).isTrue();
        assertThat(Faults.isConnectionLoss(new SQLException("gone", "08S01"))).isTrue();
        assertThat(Faults.isConnectionLoss(new SQLException("Deadlock", "40001", 1213)))
                .isFalse();
        assertThat(Faults.isConnectionLoss(new SQLException("no state"))).isFalse();
    }
}
