package dev.widekey.daemon.table;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An index of a table that is neither its primary key nor unique, in the server's own words. Immutable.
 *
 * @param name as it is, without quotes
 * @param kind what it takes to build it
 * @param firstColumn of its parts; empty when that part is an expression
 * @param definition the text of {@code SHOW CREATE TABLE}, from {@code KEY} to the last attribute; behind {@code ADD} it makes the index again
 */
public record SecondaryIndex(String name, Kind kind, Optional<String> firstColumn, String definition) {

    /** What it takes to build an index. */
    public enum Kind {
        /** A sorted index on columns or their beginnings: can be built while the table is written to. */
        ORDINARY("KEY ", ""),
        /** An ordinary index with an expression, which the server keeps in a hidden column: building it blocks writes. */
        EXPRESSION("", "expression"),
        /** For words. */
        FULLTEXT("FULLTEXT KEY ", "full text"),
        /** For places. */
        SPATIAL("SPATIAL KEY ", "spatial");

        private final String prefix;
        private final String words;

        Kind(String prefix, String words) {
            this.prefix = prefix;
            this.words = words;
        }

        /** The kind in plain words; nothing for the ordinary one. */
        public String words() {
            return words;
        }
    }

    /** Reads a table's indexes of these kinds, in the table's order. */
    public static List<SecondaryIndex> read(Connection connection, String schema, String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // What is printed follows the session; its SQL mode is pinned already.
            statement.execute("SET SESSION sql_quote_show_create = 1");
            try (ResultSet row = statement.executeQuery("SHOW CREATE TABLE " + quoted(schema) + "." + quoted(table))) {
                row.next();
                return parse(row.getString(2));
            } catch (IllegalArgumentException unknown) {
                throw new SQLException("the definition of " + schema + "." + table + " is not understood", unknown);
            }
        }
    }

    /** Finds them in the text of {@code SHOW CREATE TABLE}. */
    static List<SecondaryIndex> parse(String createTable) {
        List<SecondaryIndex> indexes = new ArrayList<>();
        for (String element : TableText.elements(createTable)) {
            of(element).ifPresent(indexes::add);
        }
        return List.copyOf(indexes);
    }

    /** The index that a definition makes; empty when it is a column, a constraint, or a unique or primary key. */
    public static Optional<SecondaryIndex> of(String definition) {
        for (Kind kind : Kind.values()) {
            if (!kind.prefix.isEmpty() && definition.startsWith(kind.prefix + "`")) {
                int from = kind.prefix.length();
                List<String> parts = TableText.elements(definition.substring(TableText.behindQuoted(definition, from)));
                boolean hasExpression = parts.stream().anyMatch(part -> part.startsWith("("));
                String first = parts.get(0);
                return Optional.of(new SecondaryIndex(
                        TableText.name(definition, from),
                        hasExpression ? Kind.EXPRESSION : kind,
                        first.startsWith("`") ? Optional.of(TableText.name(first, 0)) : Optional.empty(),
                        definition));
            }
        }
        return Optional.empty();
    }

    /** The name as a statement has it. */
    public String quotedName() {
        return quoted(name);
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
