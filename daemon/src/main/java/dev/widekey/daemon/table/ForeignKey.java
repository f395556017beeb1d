package dev.widekey.daemon.table;

import java.util.Set;

/**
 * A foreign key. Immutable.
 *
 * @param child schema and table that refers, with a dot
 * @param parent schema and table referred to, with a dot
 * @param onDelete the rule as the server writes it
 * @param onUpdate the rule as the server writes it
 */
public record ForeignKey(String name, String child, String parent, String onDelete, String onUpdate) {

    private static final Set<String> WRITING = Set.of("CASCADE", "SET NULL", "SET DEFAULT");

    /** Whether a change of the parent makes the server write child rows, which no binlog shows. */
    public boolean writesChild() {
        return WRITING.contains(onDelete) || WRITING.contains(onUpdate);
    }
}
