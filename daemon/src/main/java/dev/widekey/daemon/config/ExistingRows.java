package dev.widekey.daemon.config;

/** What to think of rows that are on the target before the migration begins. */
public enum ExistingRows {
    /** They are somebody's mistake: the migration does not begin. */
    REFUSE,
    /** An earlier copy left them: those that equal the source's stay, the others halt the migration until they are repaired. */
    KEEP
}
