package dev.widekey.daemon.forecast;

import java.util.Optional;

/**
 * A column of another table that holds values of the key. Immutable.
 *
 * @param type of the column; empty when only the server's own catalogue shows it, and so it is the key's
 * @param rest of the column's definition behind its type, as SQL
 * @param foreignKey that says so; empty when its name alone does
 */
record KeyHolder(
        String schema,
        String table,
        String column,
        Optional<IntegerType> type,
        String rest,
        Optional<String> foreignKey) {

    /** Whether it has fewer than 64 bits. */
    boolean isNarrow(IntegerType ofKey) {
        return type.orElse(ofKey).bits() < 64;
    }

    /**
     * What somebody has to know about it.
     *
     * @param wide the type of the target's key
     */
    String text(String wide) {
        String name = "column " + schema + "." + table + "." + column
                + type.map(its -> " (" + its.text() + ")")
                        .orElse(" (the key's type; the account may not see the table)");
        String change = "ALTER TABLE " + IdWatch.quoted(schema) + "." + IdWatch.quoted(table)
                + foreignKey
                        .map(key -> " DROP FOREIGN KEY " + IdWatch.quoted(key) + ",")
                        .orElse("")
                + " MODIFY " + IdWatch.quoted(column) + " " + wide + rest + ";";
        return foreignKey
                .map(key -> name + " refers to the key by " + key + " and cannot hold ids of 64 bits: " + change
                        + " no foreign key can lead to the target's rows")
                .orElseGet(() -> "maybe " + name
                        + ": it is named like a reference to the key, which is a guess; if it is one, " + change);
    }
}
