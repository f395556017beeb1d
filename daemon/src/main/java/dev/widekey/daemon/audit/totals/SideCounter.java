package dev.widekey.daemon.audit.totals;

import static dev.widekey.daemon.audit.AuditedTable.quoted;

import dev.widekey.daemon.audit.AuditedTable;
import dev.widekey.daemon.audit.Range;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts one side by its own server, about {@value #RANGE_ROWS} rows at a time. Thread-safe. */
final class SideCounter {
    private static final int RANGE_ROWS = 5_000;

    private final AuditedTable table;
    private final String bytes;
    private final List<String> groupings;
    private final List<String> nullable;
    private final Set<Integer> tooMany;

    SideCounter(AuditedTable table, String bytes, List<String> groupings, List<String> nullable, Set<Integer> tooMany) {
        this.table = table;
        this.bytes = bytes;
        this.groupings = List.copyOf(groupings);
        this.nullable = List.copyOf(nullable);
        this.tooMany = tooMany;
    }

    /** The least and the greatest key of a range; empty when it has no row. */
    Optional<Range> ends(Range range) throws SQLException {
        return table.select("MIN(" + table.key() + "), MAX(" + table.key() + ")", range, "", "", row -> {
            row.next();
            return row.getString(1) == null ? Optional.empty() : Optional.of(new Range(row.getLong(1), row.getLong(2)));
        });
    }

    Counts none() {
        return new Counts(groupings.size(), nullable.size(), tooMany);
    }

    Counts count(Range span) throws SQLException, InterruptedException {
        Counts counts = none();
        table.inRanges(span, RANGE_ROWS, (range, rows) -> counts.add(countAtOnce(range)));
        return counts;
    }

    private Counts countAtOnce(Range range) throws SQLException {
        Counts counts = table.select(sums(), range, "", "", this::summed);
        for (int i = 0; i < groupings.size(); i++) {
            if (!tooMany.contains(i)) {
                String each = groupings.get(i) + ", COUNT(*), COALESCE(SUM(" + bytes + "), 0)";
                for (Group group : table.select(each, range, "", " GROUP BY 1", SideCounter::grouped)) {
                    counts.add(i, group.label(), group.amount());
                }
            }
        }
        return counts;
    }

    private String sums() {
        StringBuilder sums = new StringBuilder("COUNT(*), COALESCE(SUM(" + bytes + "), 0)");
        for (String column : nullable) {
            sums.append(", SUM(").append(quoted(column)).append(" IS NULL)");
            sums.append(", SUM(LENGTH(").append(quoted(column)).append(") = 0)");
        }
        return sums.toString();
    }

    private Counts summed(ResultSet row) throws SQLException {
        row.next();
        Counts counts = none();
        counts.add(new Amount(row.getLong(1), row.getLong(2)));
        for (int i = 0; i < nullable.size(); i++) {
            counts.addNulls(i, row.getLong(3 + 2 * i), row.getLong(4 + 2 * i));
        }
        return counts;
    }

    private record Group(String label, Amount amount) {}

    private static List<Group> grouped(ResultSet row) throws SQLException {
        List<Group> groups = new ArrayList<>();
        while (row.next()) {
            byte @Nullable [] value = row.getBytes(1);
            String label = value == null ? "NULL" : "'" + new String(value, StandardCharsets.UTF_8) + "'";
            groups.add(new Group(label, new Amount(row.getLong(2), row.getLong(3))));
        }
        return groups;
    }
}
