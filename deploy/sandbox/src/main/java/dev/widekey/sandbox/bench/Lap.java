package dev.widekey.sandbox.bench;

/**
 * One copy, measured. Immutable.
 *
 * @param seconds how long it took
 * @param toolCpu CPU seconds of the tool meanwhile, 0 when there is none
 * @param sourceCpu CPU seconds of the source's server meanwhile
 * @param targetCpu CPU seconds of the target's server meanwhile
 * @param warmCpu the tool's CPU seconds per million rows after its warm-up, 0 when not measured
 * @param warmSeconds seconds per million rows after the tool's warm-up, 0 when not measured
 * @param peakMegabytes the most memory the tool held, 0 when not measured
 */
record Lap(
        double seconds,
        double toolCpu,
        double sourceCpu,
        double targetCpu,
        double warmCpu,
        double warmSeconds,
        long peakMegabytes) {

    double rowsPerSecond(long rows) {
        return rows / seconds;
    }
}
