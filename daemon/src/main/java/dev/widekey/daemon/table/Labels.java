package dev.widekey.daemon.table;

import java.util.ArrayList;
import java.util.List;

/** The labels of an ENUM or SET column. Stateless. */
final class Labels {

    private Labels() {}

    /** The labels in the column's order, from the type as the server writes it: quoted, a quote in a label doubled. */
    static List<String> of(Column column) {
        List<String> labels = new ArrayList<>();
        String type = column.columnType();
        int at = type.indexOf('\'');
        while (at >= 0) {
            StringBuilder label = new StringBuilder();
            int i = at + 1;
            while (type.charAt(i) != '\'' || (i + 1 < type.length() && type.charAt(i + 1) == '\'')) {
                i += type.charAt(i) == '\'' ? 1 : 0;
                label.append(type.charAt(i++));
            }
            labels.add(label.toString());
            at = type.indexOf('\'', i + 1);
        }
        return labels;
    }
}
