package dev.widekey.daemon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.mysql.MySqlServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Tests that run on two servers of their own, made anew for each test. */
abstract class PairOfServers {

    static Pair pair;

    @BeforeAll
    static void startServers() {
        pair = new Pair(MySqlServer.start(), MySqlServer.start());
    }

    @AfterAll
    static void stopServers() {
        pair.source().close();
        pair.target().close();
    }

    @BeforeEach
    void createBothSides() throws SQLException {
        pair.create();
    }

    static void source(String... statements) throws SQLException {
        pair.source().execute(statements);
    }

    static void target(String... statements) throws SQLException {
        pair.target().execute(statements);
    }

    /** The one problem there is; looking for it has changed nothing. */
    static Problem onlyProblem() throws SQLException {
        String before = pair.committed();
        List<Problem> problems = pair.problems();
        assertThat(pair.committed()).isEqualTo(before);
        assertThat(problems).hasSize(1);
        return problems.get(0);
    }
}
