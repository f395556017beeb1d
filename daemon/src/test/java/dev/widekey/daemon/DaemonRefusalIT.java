package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.TestServers;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Bad input: one clear message with the fix, exit code 78, nothing changed. */
class DaemonRefusalIT {

    @Test
    void aPositionNoLongerInTheBinlogIsRefusedAtTheStart() throws Exception {
        try (MySqlServer source = MySqlServer.start();
                SmallWorld world = new SmallWorld(source, TestServers.target())) {
            world.fill(100);
            Path config = world.config("cutover: {auto: false}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                daemon.kill();
            }
            world.source.execute("DELETE FROM history WHERE id = 50");
            SmallWorld.purgeLogs(source);
            SmallWorld.Ended refused = world.run(config);
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output()).contains("POSITION_LOST", "begin again", "nothing was changed");
            assertThat(world.flags()).isEqualTo("0,1");
        }
    }

    @Test
    void stateOfAnotherFormatIsRefusedAtTheStart() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(10);
            Path config = world.config("cutover: {auto: false}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("READY");
                daemon.kill();
            }
            world.meddle("UPDATE format SET version = 1");
            SmallWorld.Ended refused = world.run(config);
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output())
                    .contains(
                            "OTHER_FORMAT",
                            "has format 1, this daemon writes format 2",
                            "run the daemon that wrote it");
        }
    }

    @Test
    void badConfigurationIsRefusedAtItsLine() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            Path config = world.config("bakfill: {workers: 2}", "start: maybe");
            SmallWorld.Ended refused = world.command("run", "--config", config.toString());
            assertThat(refused.code()).isEqualTo(78);
            assertThat(refused.output())
                    .contains("small.yaml:8:", "bakfill", "backfill")
                    .contains("small.yaml:9:", "start", "maybe")
                    .doesNotContain("Exception");
            assertThat(world.phase()).isEmpty();
        }
    }

    @Test
    void anAddressThatIsTakenIsRefused() throws Exception {
        try (SmallWorld world = new SmallWorld();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            world.fill(10);
            Path config = world.config();
            Files.writeString(
                    config, Files.readString(config).replace("127.0.0.1:0", "127.0.0.1:" + taken.getLocalPort()));
            SmallWorld.Ended refused = world.run(config);
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output()).contains("HTTP_ADDRESS at http.listen 127.0.0.1:" + taken.getLocalPort());
            assertThat(world.phase()).hasValue("IDLE");
        }
    }

    @Test
    void unreachableServersAreNamedTogetherAndNothingIsChanged() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            Path config = world.config();
            String text = Files.readString(config).replaceAll("port: \\d+", "port: 1");
            Files.writeString(config, text);
            for (String command : new String[] {"check", "run"}) {
                SmallWorld.Ended refused = world.command(command, "--config", config.toString());
                assertThat(refused.code()).as(refused.output()).isEqualTo(78);
                assertThat(refused.output())
                        .contains("UNREACHABLE at source", "UNREACHABLE at target", "2 problems")
                        .doesNotContain("at dev.widekey");
            }
        }
    }
}
