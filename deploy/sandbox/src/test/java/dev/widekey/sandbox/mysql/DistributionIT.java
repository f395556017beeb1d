package dev.widekey.sandbox.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistributionIT {

    @Test
    void parallelProcessesShareOneUnpackedCopy(@TempDir Path cache) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            List<Callable<Integer>> starts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                starts.add(() -> prepareInItsOwnProcess(cache));
            }
            for (Future<Integer> exit : pool.invokeAll(starts)) {
                assertThat(exit.get()).isZero();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(names(cache)).containsExactly("mysql-8.0.33");
        assertThat(names(cache.resolve("mysql-8.0.33"))).containsExactly(".lock", "home", "template");
    }

    @Test
    void killInTheMiddleOfUnpackingIsHarmless(@TempDir Path cache) throws Exception {
        Process first = process(cache);
        Path half = cache.resolve("mysql-8.0.33/home.new/bin");
        while (!Files.isDirectory(half)) {
            assertThat(first.waitFor(1, TimeUnit.MILLISECONDS)).isFalse();
        }
        first.destroyForcibly().waitFor();

        Distribution distribution = Distribution.prepare(cache);

        assertThat(distribution.home().resolve("bin/mysqld")).isExecutable();
        assertThat(distribution.template().resolve("mysql.ibd")).exists();
        assertThat(distribution.template().resolve("auto.cnf")).doesNotExist();
        assertThat(names(cache.resolve("mysql-8.0.33"))).containsExactly(".lock", "home", "template");
    }

    @Test
    void leftoversOfADeadProcessAreSweptWithTheirServer(@TempDir Path root) throws Exception {
        Distribution distribution = Distribution.prepare();
        ServerFolders folders = new ServerFolders(root);
        Path left = folders.create();
        Path own = folders.create();
        FileTree.copy(distribution.template(), left.resolve("data"));
        Process server = new ProcessBuilder(
                        distribution.home().resolve("bin/mysqld").toString(),
                        "--no-defaults",
                        Distribution.runAs(),
                        "--datadir=" + left.resolve("data"),
                        "--basedir=" + distribution.home(),
                        "--skip-networking",
                        "--mysqlx=OFF",
                        "--socket=mysqld.sock")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        // The number is this process's own, the start time is not: a number used again is not its old holder.
        Files.writeString(left.resolve("owner"), ProcessHandle.current().pid() + " 2001-01-01T00:00:00Z");

        folders.create();

        assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(left).doesNotExist();
        assertThat(own).exists();
    }

    private static int prepareInItsOwnProcess(Path cache) throws IOException, InterruptedException {
        return process(cache).waitFor();
    }

    private static Process process(Path cache) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Prepare.class.getName(),
                        cache.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Prepares the distribution in a process of its own. */
    static final class Prepare {
        public static void main(String[] arguments) {
            Distribution.prepare(Path.of(arguments[0]));
        }
    }
}
