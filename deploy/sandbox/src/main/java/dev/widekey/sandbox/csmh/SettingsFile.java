package dev.widekey.sandbox.csmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of an Open edX site as JSON, with both flags among its {@code FEATURES}. Whoever writes it replaces it as a whole. Immutable;
 * reads the file at every question.
 *
 * @param path where it is
 */
public record SettingsFile(Path path) {

    /** Writes the settings of a site whose rows are all in the old table. */
    public static SettingsFile create(Path path) throws IOException {
        Files.writeString(path, """
                {
                    "BULK_EMAIL_DEFAULT_FROM_EMAIL": "no-reply@example.com",
                    "FEATURES": {
                        "AUTH_USE_OPENID_PROVIDER": true,
                        "%s": false,
                        "%s": true,
                        "ENABLE_GRADE_DOWNLOADS": true
                    },
                    "STUDENTMODULEHISTORYEXTENDED_OFFSET": 10000
                }
                """.formatted(Flags.WRITE, Flags.READ));
        return new SettingsFile(path);
    }

    /** Both flags as the file says now. */
    public Flags flags() throws SQLException {
        try {
            String text = Files.readString(path);
            return new Flags(value(text, Flags.WRITE), value(text, Flags.READ));
        } catch (IOException e) {
            throw new SQLException("the settings cannot be read", e);
        }
    }

    private static boolean value(String text, String name) throws IOException {
        Matcher setting = Pattern.compile("\"" + Pattern.quote(name) + "\"\\s*:\\s*(true|false)\\b")
                .matcher(text);
        if (!setting.find()) {
            throw new IOException("no " + name + " in the settings");
        }
        return Boolean.parseBoolean(setting.group(1));
    }
}
