package dev.widekey.sandbox.torture;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file with one line per run, so that runs add up. Used by one thread.
 *
 * @param file made when it is not there
 */
record RunFile(Path file) {
    private static final List<String> COUNTS =
            List.of("kills", "faults", "writes", "racing-deletes", "lost", "ghost", "stale", "seconds");

    /** Adds a run. */
    void add(long seed, Score score, long seconds) throws IOException {
        String line = Instant.now().truncatedTo(ChronoUnit.SECONDS) + " cores="
                + Runtime.getRuntime().availableProcessors() + " memory=" + memory() + "GiB seed=" + seed + " kills="
                + score.kills() + " faults=" + score.faults() + " writes=" + score.writes() + " racing-deletes="
                + score.racingDeletes() + " lost=" + score.lost() + " ghost=" + score.ghosts() + " stale="
                + score.stale()
                + " seconds=" + seconds;
        Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** All runs together, in one line. */
    String sum() throws IOException {
        List<String> lines = Files.readAllLines(file);
        StringBuilder sum = new StringBuilder("all " + lines.size() + " runs:");
        for (String count : COUNTS) {
            Pattern pattern = Pattern.compile("(?<![\\w-])" + count + "=(\\d+)");
            long total = 0;
            for (String line : lines) {
                Matcher found = pattern.matcher(line);
                total += found.find() ? Long.parseLong(found.group(1)) : 0;
            }
            sum.append(' ').append(count).append('=').append(total);
        }
        return sum.toString();
    }

    private static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean machine
                ? Math.round(machine.getTotalMemorySize() / 1.073741824e9)
                : 0;
    }
}
