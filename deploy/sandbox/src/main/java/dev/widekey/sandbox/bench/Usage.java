package dev.widekey.sandbox.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What processes have used, as Linux counts it. Stateless. */
final class Usage {
    /** Clock ticks per second in /proc, the same on every x86-64 Linux. */
    private static final double TICKS = 100;

    private static final int USER = 11;
    private static final int CHILDREN_USER = 13;

    private Usage() {}

    /** CPU seconds of a living process, its threads included. */
    static double cpuSeconds(long pid) throws IOException {
        return ticks(Path.of("/proc", Long.toString(pid), "stat"), USER);
    }

    /** CPU seconds of this process's children that have ended, and of theirs. */
    static double endedChildrenCpuSeconds() throws IOException {
        return ticks(Path.of("/proc/self/stat"), CHILDREN_USER);
    }

    /** The most memory a living process ever held at once, in MB of 2^20 bytes. */
    static long peakMegabytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        throw new IOException("process " + pid + " has no VmHWM");
    }

    /** User and system time stand side by side. The fields are counted behind the program's name, which may hold anything. */
    private static double ticks(Path stat, int field) throws IOException {
        String text = Files.readString(stat);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[field]) + Long.parseLong(fields[field + 1])) / TICKS;
    }
}
