package dev.widekey.flags.client;

/**
 * What a {@link Router} has done since it began. Each number is exact, all of them together are no snapshot. Immutable.
 *
 * @param written writes that were committed
 * @param refused tries that a fence refused
 * @param retried tries that were made because of that
 * @param abandoned writes that were still refused when the patience ended
 * @param compared reads that were compared with the other side to the end, differences or not
 * @param differences rows that differed and stood still for longer than the stream's lag
 * @param unknown comparisons without an outcome: the lag is unknown or kept ahead, the flags moved, or a read failed
 * @param skipped comparisons that were not begun because too many were waiting
 */
public record Counts(
        long written,
        long refused,
        long retried,
        long abandoned,
        long compared,
        long differences,
        long unknown,
        long skipped) {}
