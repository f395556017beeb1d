package dev.widekey.backfill;

/**
 * How far the copy is, at one moment.
 *
 * @param fraction of the key space handed out for copying, 0 to 1; keys are not rows, so this is an estimate
 * @param chunks copied by this process
 * @param rows read from the source by this process, in chunks that are committed
 * @param bytes of these rows
 * @param retries chunks started over
 */
public record Progress(double fraction, long chunks, long rows, long bytes, long retries) {}
