package dev.widekey.cdc.debezium;

import dev.widekey.cdc.Change;
import dev.widekey.cdc.TableShape;
import dev.widekey.cdc.TableShape.Column;
import java.math.BigDecimal;
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
    private final List<Column> columns = new ArrayList<>();
    private final List<ColumnEncoder> encoders = new ArrayList<>();
    private final boolean readable;

    /** The fields of {@link #schema} in the projection's order; looked up once per schema, not per row. */
    private Field[] fields = {};

    private @Nullable Schema schema;

    /**
     * @param columns the projection, in order
     * @throws IllegalArgumentException naming the column that is missing or is no key
     */
    RowDecoder(TableShape table, String keyColumn, List<String> columns) {
        this.keyColumn = key(table, keyColumn).name();
        for (String name : columns) {
            Column column = column(table, name);
            ColumnEncoder.of(column).ifPresent(encoder -> {
                this.columns.add(column);
                encoders.add(encoder);
            });
        }
        this.readable = encoders.size() == columns.size();
    }

    /** Whether the engine shows every projected column; when not, it need not decode anything beside the key. */
    static boolean isReadable(TableShape table, List<String> columns) {
        return columns.stream()
                .allMatch(name -> ColumnEncoder.of(column(table, name)).isPresent());
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

    /**
     * The primary key from a record's key.
     *
     * @throws ArithmeticException when it is above 2^63 - 1
     */
    long key(Struct key) {
        Object value = key.getWithoutDefault(keyColumn);
        return value instanceof BigDecimal decimal ? decimal.longValueExact() : ((Number) value).longValue();
    }

    /** The change that leaves the row as in the image; a touch when the engine may have changed any of its values. */
    Change written(long key, Struct image) {
        byte @Nullable [] @Nullable [] row = readable ? row(image) : null;
        return row == null ? Change.touch(key) : Change.upsert(key, row);
    }

    private byte @Nullable [] @Nullable [] row(Struct image) {
        Field[] from = fieldsOf(image.schema());
        byte @Nullable [][] row = new byte @Nullable [from.length][];
        for (int i = 0; i < from.length; i++) {
            // Struct.get would give the column's DEFAULT in place of NULL.
            Object value = image.getWithoutDefault(from[i].name());
            boolean ambiguous = ColumnEncoder.isNullAmbiguous(columns.get(i));
            if (value == null && !ambiguous) {
                continue;
            }
            // What cannot be shown in a column that takes no NULL comes as the column's DEFAULT.
            if (value == null || (ambiguous && value.equals(from[i].schema().defaultValue()))) {
                return null;
            }
            byte[] bytes = encoders.get(i).encode(value);
            if (bytes == null) {
                return null;
            }
            row[i] = bytes;
        }
        return row;
    }

    private Field[] fieldsOf(Schema image) {
        if (image != schema) {
            Field[] found = new Field[columns.size()];
            for (int i = 0; i < found.length; i++) {
                found[i] = image.field(columns.get(i).name());
            }
            fields = found;
            schema = image;
        }
        return fields;
    }
}
