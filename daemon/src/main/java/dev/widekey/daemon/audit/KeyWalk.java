package dev.widekey.daemon.audit;

import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a scope into ranges of about so many rows, without a gap: each begins where the one before ended, the first and the last reach to the ends of the
 * scope. Thread-safe.
 */
public final class KeyWalk {
    /** No range ends behind it, so that keys a {@code long} does not hold are in the last range. */
    private static final long FURTHEST = Long.MAX_VALUE - 1;

    private final AuditedTable table;
    private final Range scope;
    private @Nullable Long above;
    private boolean ended;

    /** Begins at the scope's lower end. */
    public KeyWalk(AuditedTable table, Range scope) {
        this.table = table;
        this.scope = scope;
        this.above = scope.above();
    }

    /** The next range, of about {@code rows} rows; empty at the end. */
    public synchronized Optional<Range> next(int rows) throws SQLException {
        if (ended) {
            return Optional.empty();
        }
        Long upTo = scope.upTo();
        Range rest = new Range(above, upTo == null ? FURTHEST : upTo);
        Optional<Long> bound = table.select(
                table.key(),
                rest,
                "",
                " ORDER BY " + table.key() + " LIMIT 1 OFFSET " + (rows - 1),
                row -> row.next() ? Optional.of(row.getLong(1)) : Optional.empty());
        ended = bound.isEmpty() || bound.get().equals(upTo);
        Range range = new Range(above, ended ? upTo : bound.orElseThrow());
        above = range.upTo();
        return Optional.of(range);
    }
}
