package dev.widekey.sandbox.csmh;

import java.util.List;

/**
 * What the application did and saw. Immutable.
 *
 * @param oldRows acknowledged inserts into the old table
 * @param extendedRows acknowledged inserts into the extended table
 * @param stragglerRows those of the old ones that came after the write flag was flipped
 * @param updates acknowledged updates of history rows
 * @param deletes acknowledged deletes of history rows
 * @param rolledBack transactions taken back
 * @param restarts processes restarted after a flip
 * @param reads answers checked
 * @param wrongReads rows missing, doubled or with another content in an answer
 * @param wrongFlags times both flags together hid everything
 * @param refused requests that a fence refused, and that were tried again
 * @param errors requests that a server refused or did not answer
 * @param examples the first wrong reads and errors in words
 */
public record SimulatorReport(
        long oldRows,
        long extendedRows,
        long stragglerRows,
        long updates,
        long deletes,
        long rolledBack,
        long restarts,
        long reads,
        long wrongReads,
        long wrongFlags,
        long refused,
        long errors,
        List<String> examples) {}
