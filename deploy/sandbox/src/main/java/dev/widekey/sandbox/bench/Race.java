package dev.widekey.sandbox.bench;

import static dev.widekey.sandbox.bench.Contenders.DEBEZIUM;
import static dev.widekey.sandbox.bench.Contenders.FLOOR;
import static dev.widekey.sandbox.bench.Contenders.LATE;
import static dev.widekey.sandbox.bench.Contenders.MYDUMPER;
import static dev.widekey.sandbox.bench.Contenders.MYSQLDUMP;
import static dev.widekey.sandbox.bench.Contenders.PT_ARCHIVER;
import static dev.widekey.sandbox.bench.Contenders.WIDEKEY;

import java.util.List;

/**
 * One contender against another. Immutable.
 *
 * @param suite where it is measured
 * @param ours who has to be fast
 * @param theirs who is compared with
 * @param ratio how many times as fast, at least
 */
record Race(String suite, String ours, String theirs, double ratio) {
    /** With room for rows and indexes. */
    static final List<Race> IN_MEMORY = List.of(
            new Race("copy", WIDEKEY, FLOOR, 0.8),
            new Race("copy", WIDEKEY, MYDUMPER, 1.0),
            new Race("copy", WIDEKEY, MYSQLDUMP, 1.7),
            new Race("copy", WIDEKEY, PT_ARCHIVER, 1.7),
            new Race("copy", WIDEKEY, DEBEZIUM, 3),
            new Race("copy", LATE, MYDUMPER, 1.0));

    /** With indexes that are larger than the buffer pool. */
    static final List<Race> BEYOND_MEMORY =
            List.of(new Race("indexes", LATE, MYDUMPER, 1.3), new Race("indexes", LATE, WIDEKEY, 1.25));

    /** The bar's name. */
    String name() {
        return suite + "-" + ours + "-to-" + theirs;
    }
}
