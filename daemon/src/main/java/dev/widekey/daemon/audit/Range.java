package dev.widekey.daemon.audit;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A range of keys that are looked at together. Immutable.
 *
 * @param above exclusive lower bound, {@code null} for none
 * @param upTo inclusive upper bound, {@code null} for none
 */
public record Range(@Nullable Long above, @Nullable Long upTo) {

    /** Every key there can be. */
    public static final Range ALL = new Range(null, null);

    boolean contains(long key) {
        return (above == null || key > above) && (upTo == null || key <= upTo);
    }

    /** SQL that is true for the range's keys, with a parameter for each bound. */
    String where(String key) {
        return " WHERE TRUE" + (above == null ? "" : " AND " + key + " > ?")
                + (upTo == null ? "" : " AND " + key + " <= ?");
    }

    /** Binds the bounds; returns the number of the next parameter. */
    int bind(PreparedStatement query, int first) throws SQLException {
        int parameter = first;
        if (above != null) {
            query.setLong(parameter++, above);
        }
        if (upTo != null) {
            query.setLong(parameter++, upTo);
        }
        return parameter;
    }

    @Override
    public String toString() {
        return (above == null ? "" : above) + " < key <= " + (upTo == null ? "" : upTo);
    }
}
