package dev.widekey.cdc.debezium;

import dev.widekey.cdc.TableShape;
import dev.widekey.cdc.TableShape.Column;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Reads keys and row images out of the engine's records. Used by one thread at a time.
 */
final class RowDecoder {

    private final String keyColumn;
    private final List<String> columns;
    private final ColumnEncoder[] encoders;

    /** The fields of {@link #schema} in the projection's order; looked up once per schema, not per row. */
    private Field[] fields = {};

    private @Nullable Schema schema;

    /**
     * @param columns the projection, in order
     * @throws IllegalArgumentException naming the column that is missing or of a type that cannot be read exactly
     */
    RowDecoder(TableShape table, String keyColumn, List<String> columns) {
        this.keyColumn = key(table, keyColumn).name();
        List<String> names = new ArrayList<>();
        this.encoders = new ColumnEncoder[columns.size()];
        for (String name : columns) {
            Column column = column(table, name);
            encoders[names.size()] = ColumnEncoder.of(column);
            names.add(column.name());
        }
        this.columns = List.copyOf(names);
    }

    private static Column key(TableShape table, String keyColumn) {
        Column key = column(table, keyColumn);
        long primaries = table.columns().stream().filter(Column::primary).count();
        if (!key.primary() || primaries != 1 || !key.type().endsWith("int")) {
            throw new IllegalArgumentException(
                    "column " + keyColumn + " is not the table's single integer primary key");
        }
        return key;
    }

    private static Column column(TableShape table, String name) {
        return table.column(name).orElseThrow(() -> new IllegalArgumentException("the table has no column " + name));
    }

    /** The primary key from a record's key. */
    long key(Struct key) {
        Object value = key.getWithoutDefault(keyColumn);
        return value instanceof java.math.BigDecimal decimal ? decimal.longValueExact() : ((Number) value).longValue();
    }

    /** The projected columns of a row image. */
    byte @Nullable [][] row(Struct image) {
        Field[] from = fieldsOf(image.schema());
        byte @Nullable [][] row = new byte @Nullable [from.length][];
        for (int i = 0; i < from.length; i++) {
            // Struct.get would give the column's DEFAULT in place of NULL.
            Object value = image.getWithoutDefault(from[i].name());
            row[i] = value == null ? null : encoders[i].encode(value);
        }
        return row;
    }

    private Field[] fieldsOf(Schema image) {
        if (image != schema) {
            Field[] found = new Field[columns.size()];
            for (int i = 0; i < found.length; i++) {
                found[i] = image.field(columns.get(i));
            }
            fields = found;
            schema = image;
        }
        return fields;
    }
}
