package dev.widekey.sandbox.bench.debezium;

import java.lang.management.ManagementFactory;

/** Time and this process's CPU since a moment. Immutable. */
final class Stopwatch {
    private final long began = System.nanoTime();
    private final long cpu = cpuNanos();

    private Stopwatch() {}

    static Stopwatch start() {
        return new Stopwatch();
    }

    double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    double cpuSeconds() {
        return (cpuNanos() - cpu) / 1e9;
    }

    private static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean machine
                ? machine.getProcessCpuTime()
                : 0;
    }
}
