package dev.widekey.daemon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Why a target with a second unique key needs rules of its own: {@code INSERT ... ON DUPLICATE KEY UPDATE} takes a row with the same value for the row
 * that is meant. One applier that writes one transaction after the other, row by row, never meets such a row; several that run freely do, and so does
 * one that writes only the last image of each key, in key order.
 */
class SecondaryUniqueKeyTest {
    /** A table {@code (id PRIMARY KEY, v UNIQUE)}, with MySQL's rules. */
    private static final class Rows {
        private final TreeMap<Long, String> rows = new TreeMap<>(Map.of(2L, "a"));

        Rows upsert(long id, String v) {
            boolean taken = rows.entrySet().stream()
                    .anyMatch(row -> row.getKey() != id && row.getValue().equals(v));
            if (rows.containsKey(id) || !taken) {
                rows.put(id, v);
            }
            // Otherwise the row that has the value is updated, with the value it has.
            return this;
        }
    }

    /** On the source: {@code UPDATE t SET v = 'b' WHERE id = 2}, then {@code INSERT INTO t VALUES (1, 'a')}. */
    private static final Map<Long, String> SOURCE = Map.of(1L, "a", 2L, "b");

    @Test
    void inTheOrderOfTheLogEveryRowArrives() {
        assertThat(new Rows().upsert(2, "b").upsert(1, "a").rows).isEqualTo(SOURCE);
    }

    @Test
    void appliersThatOvertakeEachOtherLoseARow() {
        assertThat(new Rows().upsert(1, "a").upsert(2, "b").rows).isEqualTo(Map.of(2L, "b"));
    }

    @Test
    void lastImagesInKeyOrderLoseARow() {
        Rows rows = new Rows();
        new TreeMap<>(SOURCE).forEach(rows::upsert);
        assertThat(rows.rows).isEqualTo(Map.of(2L, "b"));
    }
}
