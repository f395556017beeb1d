package dev.widekey.flags.client;

import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.JdbcFlagStore;
import dev.widekey.flags.WriteGuard;
import dev.widekey.flags.ack.Acknowledgements;
import dev.widekey.flags.ack.JdbcAcknowledgements;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** What the page and the package's description show, so that it compiles. */
abstract class Example {

    record Row(long id) {}

    abstract long insert(Connection connection, Row row) throws SQLException;

    abstract int update(Connection connection, long id, int grade) throws SQLException;

    abstract int delete(Connection connection, long id) throws SQLException;

    abstract List<Row> select(Connection connection, long module) throws SQLException;

    List<Row> use(DataSource sourcePool, DataSource targetPool, DataSource statePool, Row row, int grade, long module)
            throws SQLException {
        FlagStore flags = new JdbcFlagStore(statePool, "widekey", "csmh", WriteGuard.NONE);
        Acknowledgements acks = new JdbcAcknowledgements(statePool, "widekey", "csmh");
        Router router = Router.between(sourcePool, targetPool)
                .flags(
                        flags,
                        FlagName.of("ENABLE_CSMH_EXTENDED", true),
                        FlagName.of("ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES", false))
                .acknowledging(acks, "web-1")
                .start();

        long id = router.write(connection -> insert(connection, row)); // a new row
        router.change(connection -> update(connection, id, grade)); // where the row was born
        router.delete(connection -> delete(connection, id)); // wherever it is
        List<Row> rows = router.read(connection -> select(connection, module), Row::id);

        router.close(); // takes the instance out
        return rows;
    }
}
