package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.ExternalServer;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.PlainServer;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.ServerOptions;
import dev.widekey.sandbox.mysql.TestServers;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A small migration, with an application that inserts, updates and deletes, on servers and accounts of several kinds. */
@Timeout(180)
class ServerMatrixIT {
    private static final int ROWS = 3_000;

    @ParameterizedTest
    @CsvSource({"mysql_native_password, true", "mysql_native_password, false", "caching_sha2_password, false"})
    void anAccountOfEitherPluginMovesATableWithAndWithoutTls(String plugin, boolean tls) throws Exception {
        for (Server server : new Server[] {TestServers.source(), TestServers.target()}) {
            server.execute(
                    "DROP USER IF EXISTS matrix@'%'",
                    "CREATE USER matrix@'%' IDENTIFIED WITH " + plugin + " BY 'in the matrix'",
                    "GRANT ALL ON *.* TO matrix@'%'");
        }
        try (SmallWorld world = new SmallWorld(
                TestServers.source(),
                TestServers.target(),
                account(TestServers.source(), tls),
                account(TestServers.target(), tls))) {
            move(world);
        } finally {
            TestServers.source().execute("DROP USER matrix@'%'");
            TestServers.target().execute("DROP USER matrix@'%'");
        }
    }

    private static Server account(Server server, boolean tls) {
        return tls
                ? new ExternalServer(server.host(), server.port(), "matrix", "in the matrix")
                : new PlainServer(server.host(), server.port(), "matrix", "in the matrix");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSourceThatCompressesItsTransactionsIsMoved(boolean gtids) throws Exception {
        ServerOptions compressing = ServerOptions.defaults().with("binlog-transaction-compression", "ON");
        try (MySqlServer source = MySqlServer.start(gtids ? compressing : compressing.withoutGtid());
                SmallWorld world = new SmallWorld(source, TestServers.target())) {
            move(world);
        }
    }

    private static void move(SmallWorld world) throws Exception {
        world.fill(ROWS);
        try (DaemonProcess daemon = world.start(
                world.config("cutover: {quiet: 1s, auto: false}", "backfill: {workers: 2, chunk-rows: 100}"))) {
            try (LiveWriter writer = LiveWriter.on(world.source, ROWS)) {
                world.awaitPhase("READY");
                assertThat(writer.writes()).isPositive();
            }
            world.approve();
            SmallWorld.Ended done = world.end(daemon);
            assertThat(done.code()).as(done.output()).isZero();
        }
        assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        assertThat(world.flags()).isEqualTo("1,0");
    }
}
