package dev.widekey.daemon.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.widekey.sandbox.fault.FaultProxy;
import dev.widekey.sandbox.fault.Link;
import dev.widekey.sandbox.fault.LinkFault;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class DatabaseIT {

    @Test
    void aConnectionLostInsideAResultIsGivenToNobodyElse() throws Exception {
        try (TestSchema schema = TestSchema.on(TestServers.source(), "pool");
                FaultProxy proxy = FaultProxy.to(TestServers.source());
                Database database =
                        TestDatabases.source(TestDatabases.plain(proxy.front()), new Database.Owner("pool", "this"))) {
            schema.execute(
                    "CREATE TABLE t (id INT PRIMARY KEY, v TEXT)",
                    "INSERT INTO t VALUES (1, REPEAT('a', 100)), (2, REPEAT('b', 100))");
            String table = schema.name() + ".t";
            assertThat(rows(database, table)).isEqualTo(2);
            proxy.inject(LinkFault.CUT_INSIDE_ROW, Link.SQL);
            SQLException lost = catchThrowableOfType(SQLException.class, () -> rows(database, table));
            assertThat(Faults.passes(lost)).isTrue();

            assertThat(rows(database, table)).isEqualTo(2);
        }
    }

    /** Streams, as the copy does. */
    private static int rows(Database database, String table) throws SQLException {
        try (Connection connection = database.pool().getConnection();
                Statement statement = connection.createStatement()) {
            statement.setFetchSize(Integer.MIN_VALUE);
            try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
                int count = 0;
                while (rows.next()) {
                    count++;
                }
                return count;
            }
        }
    }
}
