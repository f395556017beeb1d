package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.demo.DaemonProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application's flags where the application keeps them, flipped by the real daemon. */
class FlagStoresIT {

    private static final String FLAGS =
            "flags: {write: {name: WRITE_NEW, target-when: true}, read: {name: READ_OLD, target-when: false}}";

    @TempDir
    private Path folder;

    private static Path config(SmallWorld world, String store, String... more) throws Exception {
        Path config = world.config(more);
        String text = Files.readString(config);
        assertThat(text).contains(FLAGS);
        return Files.writeString(
                config, text.replace(FLAGS, FLAGS.substring(0, FLAGS.length() - 1) + ", " + store + "}"));
    }

    @Test
    void flagsAreFlippedInASettingsFileAndTheRestOfItStays() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(500);
            Path file = Files.writeString(
                    folder.resolve("lms.yml"), "A: 1 # one\nFEATURES:\n  READ_OLD: true # old\n  WRITE_NEW: true\n");
            Path config = config(world, "store: features, features: {file: " + file + "}", "cutover: {quiet: 1s}");

            SmallWorld.Ended refused = world.command("check", "--config", config.toString());
            assertThat(refused.code()).as(refused.output()).isEqualTo(78);
            assertThat(refused.output())
                    .contains("FLAG_OUTLET at flags of the application", "WRITE_NEW=true, READ_OLD=true");

            Files.writeString(file, "A: 1 # one\nFEATURES:\n  READ_OLD: true # old\n");
            SmallWorld.Ended checked = world.command("check", "--config", config.toString());
            assertThat(checked.code()).as(checked.output()).isZero();
            assertThat(checked.output())
                    .contains("flags in the settings file " + file
                            + ": WRITE_NEW=not set, taken for false, READ_OLD=true");

            SmallWorld.Ended run = world.run(config);
            assertThat(run.code()).as(run.output()).isZero();
            assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
            assertThat(file).hasContent("A: 1 # one\nFEATURES:\n  WRITE_NEW: true\n  READ_OLD: false # old\n");
            assertThat(world.flags()).isEqualTo("1,0");

            SmallWorld.Ended again = world.run(config);
            assertThat(again.code()).as(again.output()).isZero();
            assertThat(again.output()).contains("migration small is done; nothing to do");
        }
    }

    @Test
    void anApplicationThatWasMovedIsNoReasonToRefuseTheNextStart() throws Exception {
        try (SmallWorld world = new SmallWorld().refined()) {
            world.fill(500);
            Path file = Files.writeString(folder.resolve("lms.yml"), "FEATURES: {READ_OLD: true, WRITE_NEW: false}\n");
            Path config = config(world, "store: features, features: {file: " + file + "}", "cutover: {mode: fenced}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitPhase("WATCH");
                daemon.kill();
            }
            assertThat(file).hasContent("FEATURES: {READ_OLD: false, WRITE_NEW: true}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitLog("in phase WATCH");
                world.flag(config, "widekey.finish", "on");
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            String before = epochs(world);
            SmallWorld.Ended again = world.run(config);
            assertThat(again.code()).as(again.output()).isZero();
            assertThat(epochs(world)).as("epochs").isEqualTo(before);
        }
    }

    private static String epochs(SmallWorld world) throws Exception {
        return world.state("SELECT MAX(epoch) FROM migration").orElseThrow() + " "
                + world.state("SELECT MAX(epoch) FROM owner").orElse("-");
    }

    @Test
    void personIsWaitedForAlsoByTheNextProcess() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(500);
            Path config = config(world, "store: manual", "cutover: {quiet: 1s}");
            String asked =
                    "set WRITE_NEW=true in the application, then: widekey flags set widekey.confirmed.WRITE_NEW on";
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitLog("waits=\"" + asked);
                assertThat(world.phase()).hasValue("FLIP_WRITES");
                daemon.kill();
            }
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitLog("the writes may have been moved");
                world.flag(config, "widekey.confirmed.WRITE_NEW", "on");
                world.awaitLog("waits=\"set READ_OLD=false in the application");
                assertThat(world.phase()).hasValue("FLIP_READS");
                world.flag(config, "widekey.confirmed.READ_OLD", "off");
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            assertThat(world.state("SELECT GROUP_CONCAT(phase ORDER BY seq) FROM phase_history")
                            .orElseThrow())
                    .endsWith("READY,FLIP_WRITES,DRAIN,FLIP_READS,DONE");
        }
    }

    @Test
    void personWhoIsAskedBeforeTheCopyIsWaitedForAlsoByTheNextProcess() throws Exception {
        try (SmallWorld world = new SmallWorld()) {
            world.fill(500);
            Path config = config(world, "store: manual", "cutover: {order: write-first, quiet: 1s}");
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitLog("waits=\"set WRITE_NEW=true in the application");
                assertThat(world.phase()).hasValue("PREPARE");
                daemon.kill();
            }
            try (DaemonProcess daemon = world.start(config)) {
                world.awaitLog("the writes may have been moved");
                world.flag(config, "widekey.confirmed.WRITE_NEW", "on");
                world.awaitLog("waits=\"set READ_OLD=false in the application");
                WriteFirstIT.write(world, "above");
                world.flag(config, "widekey.confirmed.READ_OLD", "off");
                SmallWorld.Ended done = world.end(daemon);
                assertThat(done.code()).as(done.output()).isZero();
            }
            WriteFirstIT.assertEqualBelowTheGap(world);
            assertThat(WriteFirstIT.written(world)).isEqualTo("above");
        }
    }
}
