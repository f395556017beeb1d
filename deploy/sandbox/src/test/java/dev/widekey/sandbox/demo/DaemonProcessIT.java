package dev.widekey.sandbox.demo;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonProcessIT {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @TempDir
    private Path folder;

    @Test
    void outputExitCodeAndArgumentsAreSeen() throws Exception {
        DaemonProcess daemon = start("echo \"$@\"; echo $MODE >&2; exit 75", Map.of("MODE", "loud"));

        assertThat(daemon.await(Duration.ofSeconds(30))).hasValue(75);
        assertThat(lines).containsExactly("run --config " + folder.resolve("c.yaml"), "loud");
        assertThat(daemon.lastLines()).isEqualTo(lines);
        assertThat(folder.resolve("log")).hasContent(String.join("\n", lines));
    }

    @Test
    void killReachesWhatTheLauncherStarted() throws Exception {
        DaemonProcess daemon = start("sleep 600 & echo $!; wait", Map.of());
        await().atMost(30, SECONDS).until(() -> !lines.isEmpty());
        assertThat(daemon.await(Duration.ofMillis(1))).isEmpty();

        daemon.kill();

        assertThat(daemon.isAlive()).isFalse();
        await().atMost(30, SECONDS).until(() -> !isRunning(lines.get(0)));
    }

    /** A dead process that nobody has collected yet is not running. */
    private static boolean isRunning(String pid) throws IOException {
        try {
            return !Files.readString(Path.of("/proc", pid, "status")).contains("State:\tZ");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Test
    void daemonDiesWithTheProcessThatStartedItEvenOfSigkill() throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        launcher("echo $$; while :; do sleep 0.1; done").toString(),
                        folder.toString())
                .start();
        String pid = parent.inputReader().readLine();
        assertThat(isRunning(pid)).isTrue();

        parent.destroyForcibly();

        await().atMost(30, SECONDS).until(() -> !isRunning(pid));
    }

    @Test
    void terminateLetsTheDaemonEndByItself() throws Exception {
        try (DaemonProcess daemon =
                start("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.1; done", Map.of())) {
            await().atMost(30, SECONDS).until(() -> lines.contains("up"));
            daemon.terminate();
            assertThat(daemon.await(Duration.ofSeconds(30))).hasValue(0);
            assertThat(lines).containsExactly("up", "bye");
        }
    }

    private DaemonProcess start(String script, Map<String, String> environment) throws IOException {
        return DaemonProcess.start(
                launcher(script), folder.resolve("c.yaml"), folder.resolve("log"), environment, lines::add);
    }

    private Path launcher(String script) throws IOException {
        Path launcher = Files.writeString(folder.resolve("launcher"), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
    }

    /** Starts a daemon and shows its first line. */
    static final class Parent {
        public static void main(String[] arguments) throws Exception {
            Path folder = Path.of(arguments[1]);
            DaemonProcess daemon = DaemonProcess.start(
                    Path.of(arguments[0]), folder.resolve("c.yaml"), folder.resolve("log"), System.out::println);
            daemon.await(Duration.ofMinutes(5));
        }
    }
}
