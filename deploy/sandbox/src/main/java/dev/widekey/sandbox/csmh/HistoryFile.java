package dev.widekey.sandbox.csmh;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Rows in the server's own text format: fields end with a tab, rows with a line feed, NULL is backslash N. Not thread-safe. */
final class HistoryFile {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(8 << 20);

    void add(HistoryRow row) {
        field(row.id() + "\t" + row.studentModule() + "\t" + row.created());
        bytes.write('\t');
        byte[] state = row.stateBytes();
        if (state == null) {
            field("\\N");
        } else {
            escaped(state);
        }
        number(row.grade());
        number(row.maxGrade());
        bytes.write('\n');
    }

    InputStream stream() {
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    private void number(@Nullable Double value) {
        bytes.write('\t');
        field(value == null ? "\\N" : value.toString());
    }

    private void field(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void escaped(byte[] text) {
        int plain = 0;
        for (int i = 0; i < text.length; i++) {
            byte b = text[i];
            if (b == '\\' || b == '\t' || b == '\n') {
                bytes.write(text, plain, i - plain);
                bytes.write('\\');
                plain = i;
            }
        }
        bytes.write(text, plain, text.length - plain);
    }
}
