package dev.widekey.sandbox.bench;

import java.io.IOException;

/** A running measurement: the clock and the CPU of both servers and of ended tools. Used by one thread. */
final class Meter {
    private final Servers servers;
    private final double sourceCpu;
    private final double targetCpu;
    private final double childrenCpu;
    private final long began;

    private Meter(Servers servers) throws IOException {
        this.servers = servers;
        this.sourceCpu = Usage.cpuSeconds(servers.source().pid());
        this.targetCpu = Usage.cpuSeconds(servers.target().pid());
        this.childrenCpu = Usage.endedChildrenCpuSeconds();
        this.began = System.nanoTime();
    }

    static Meter start(Servers servers) throws IOException {
        return new Meter(servers);
    }

    /** The lap of tools that were started and have ended meanwhile. */
    Lap stop() throws IOException {
        double seconds = (System.nanoTime() - began) / 1e9;
        return stop(seconds, Usage.endedChildrenCpuSeconds() - childrenCpu, 0, 0, 0);
    }

    /** The lap of a tool that knows its own time and CPU. */
    Lap stop(double seconds, double toolCpu, double warmCpu, double warmSeconds, long peakMegabytes)
            throws IOException {
        return new Lap(
                seconds,
                toolCpu,
                Usage.cpuSeconds(servers.source().pid()) - sourceCpu,
                Usage.cpuSeconds(servers.target().pid()) - targetCpu,
                warmCpu,
                warmSeconds,
                peakMegabytes);
    }
}
