package dev.widekey.sandbox.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Where and with what a run took place, seen before it changes anything. Immutable.
 *
 * @param commit what is measured
 * @param load how busy the machine was with other things; a run on a busy machine is worth little
 */
record Circumstances(String commit, String load) {

    static Circumstances of(Path repository) throws IOException, InterruptedException {
        return new Circumstances(commitOf(repository), loadNow());
    }

    /** Lines of Markdown. */
    List<String> lines(String command) throws IOException {
        return List.of(
                "- " + Instant.now().truncatedTo(ChronoUnit.MINUTES) + ", commit " + commit + ", repeat with `"
                        + command + "`",
                "- " + machine() + ", Linux " + System.getProperty("os.version") + ", Java "
                        + System.getProperty("java.version") + ", load average at the start " + load);
    }

    private static String loadNow() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    }

    private static String machine() throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown processor");
        long memory =
                ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean all
                        ? Math.round(all.getTotalMemorySize() / 1.073741824e9)
                        : 0;
        return Runtime.getRuntime().availableProcessors() + " x " + processor + ", " + memory + " GiB";
    }

    private static String commitOf(Path repository) throws IOException, InterruptedException {
        return Tool.find("git").isPresent()
                ? Tool.version("git", "-C", repository.toString(), "describe", "--always", "--dirty")
                : "unknown";
    }
}
