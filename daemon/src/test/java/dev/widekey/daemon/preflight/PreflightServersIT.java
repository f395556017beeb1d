package dev.widekey.daemon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.daemon.preflight.Problem.Code;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.ServerOptions;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Settings that only a server started with them has. */
class PreflightServersIT {

    @Test
    void sourceWithoutGtidsNeedsTheMarkerSchemaAndOrderedCommits() throws SQLException {
        try (MySqlServer source = MySqlServer.start(ServerOptions.defaults().withoutGtid())) {
            Pair pair = new Pair(source, source);
            pair.create();
            assertThat(pair.problems()).isEmpty();
            source.execute("SET GLOBAL binlog_order_commits = OFF");
            assertThat(pair.problems()).extracting(Problem::code).containsExactly(Code.BINLOG_ORDER_COMMITS);
            source.execute("SET GLOBAL binlog_order_commits = ON", "REVOKE CREATE ON widekey.* FROM 'widekey'@'%'");
            assertThat(pair.problems())
                    .extracting(Problem::what)
                    .containsExactly(
                            "'widekey'@'%' lacks CREATE on widekey.*", "'widekey'@'%' lacks CREATE on widekey.*");
        }
    }

    @Test
    void sourceWithoutBinlogIsRefused() throws SQLException {
        try (MySqlServer source =
                MySqlServer.start(ServerOptions.defaults().withoutGtid().with("disable-log-bin", "1"))) {
            Pair pair = new Pair(source, source);
            pair.create();
            assertThat(pair.problems()).extracting(Problem::code).containsExactly(Code.BINLOG_OFF);
        }
    }

    @Test
    void sourceThatLeavesTheSchemaOutOfItsBinlogIsRefused() throws SQLException {
        for (String option : List.of("binlog-ignore-db=edxapp", "binlog-do-db=other")) {
            String[] parts = option.split("=", -1);
            try (MySqlServer source = MySqlServer.start(ServerOptions.defaults().with(parts[0], parts[1]))) {
                Pair pair = new Pair(source, source);
                pair.create();
                assertThat(pair.problems()).singleElement().satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo(Code.BINLOG_FILTERED);
                    assertThat(problem.what()).contains(parts[1]);
                });
            }
        }
    }
}
