package dev.widekey.daemon.index;

import dev.widekey.daemon.table.SecondaryIndex;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which of a table's indexes can be built late. Unique ones are no concern of it: a target with one is refused. AUTO_INCREMENT needs none of them, since
 * the key it counts is the primary key. Immutable.
 *
 * @param late to be dropped and built after the copy, in the table's order
 * @param kept the others, with the reason
 */
public record IndexPlan(List<SecondaryIndex> late, Map<SecondaryIndex, String> kept) {

    private static final String REFERENCED = """
            SELECT DISTINCT referenced_column_name FROM information_schema.key_column_usage
            WHERE referenced_table_schema = ? AND referenced_table_name = ?
            """;

    /** A plan. */
    public IndexPlan {
        late = List.copyOf(late);
        kept = Collections.unmodifiableMap(new LinkedHashMap<>(kept));
    }

    /** Reads the table's indexes as they are now. */
    public static IndexPlan read(Connection connection, String schema, String table) throws SQLException {
        Set<String> referenced = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        try (PreparedStatement query = connection.prepareStatement(REFERENCED)) {
            query.setString(1, schema);
            query.setString(2, table);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    referenced.add(row.getString(1));
                }
            }
        }
        return of(SecondaryIndex.read(connection, schema, table), referenced);
    }

    /**
     * Sorts the indexes.
     *
     * @param referenced columns that other tables' foreign keys lead to; an index on one of them may be what holds them up
     */
    static IndexPlan of(List<SecondaryIndex> indexes, Set<String> referenced) {
        List<SecondaryIndex> late = new ArrayList<>();
        Map<SecondaryIndex, String> kept = new LinkedHashMap<>();
        for (SecondaryIndex index : indexes) {
            if (index.kind() != SecondaryIndex.Kind.ORDINARY) {
                kept.put(index, index.kind().words());
            } else if (index.firstColumn().filter(referenced::contains).isPresent()) {
                kept.put(index, "foreign key");
            } else {
                late.add(index);
            }
        }
        return new IndexPlan(late, kept);
    }

    /** What will be done, for people. */
    public String text() {
        String text = late.isEmpty()
                ? "no secondary index of the target can be dropped for the copy"
                : String.format(
                        Locale.ROOT,
                        "%d secondary index%s will be dropped now and built after the copy: %s",
                        late.size(),
                        late.size() == 1 ? "" : "es",
                        names(late));
        return kept.isEmpty()
                ? text
                : text + "; kept in place: "
                        + kept.entrySet().stream()
                                .map(entry -> entry.getKey().name() + " (" + entry.getValue() + ")")
                                .collect(Collectors.joining(", "));
    }

    static String names(List<SecondaryIndex> indexes) {
        return indexes.stream().map(SecondaryIndex::name).collect(Collectors.joining(", "));
    }
}
