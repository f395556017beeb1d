package dev.widekey.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds a server's password, or another secret, in the one place the file names: itself, another file, the environment or a systemd credential.
 * No message repeats what it found. Confined to the thread that loads.
 */
final class SecretReader {

    static final List<String> KEYS = keys("password");

    private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";

    private final Path base;
    private final Map<String, String> environment;

    /**
     * @param base folder that relative file names start from
     */
    SecretReader(Path base, Map<String, String> environment) {
        this.base = base;
        this.environment = environment;
    }

    Secret read(Section section) {
        return read(section, "password");
    }

    /** The same for a secret of another name. */
    Secret read(Section section, String word) {
        List<String> keys = keys(word);
        List<String> given = keys.stream().filter(section::has).toList();
        if (given.isEmpty()) {
            section.missing(word, "exactly one of " + String.join(", ", keys));
            return new Secret("");
        }
        if (given.size() > 1) {
            given.forEach(key -> section.report(
                    key,
                    "is one of " + given.size() + " " + word + "s",
                    String.join(" and ", given),
                    "exactly one of " + String.join(", ", keys)));
            return new Secret("");
        }
        String key = given.get(0);
        return section.optional(key, allowed(key), (k, value) -> new Secret(find(section, k, value)))
                .orElse(new Secret(""));
    }

    /** The same for one that may be absent. */
    Optional<Secret> readIfAny(Section section, String word) {
        // Each key is asked for, so that each is known.
        long given = keys(word).stream().filter(section::has).count();
        return given == 0 ? Optional.empty() : Optional.of(read(section, word));
    }

    private static List<String> keys(String word) {
        return List.of(word, word + "-file", word + "-env", word + "-credential");
    }

    private static String wordOf(String key) {
        return key.replaceFirst("-(file|env|credential)$", "");
    }

    private String find(Section section, String key, String value) {
        return switch (key.substring(wordOf(key).length())) {
            case "-file" -> fromFile(section, key, base.resolve(value));
            case "-env" -> fromEnvironment(section, key, value);
            case "-credential" -> fromCredential(section, key, value);
            default -> literal(section, key, value);
        };
    }

    private static String literal(Section section, String key, String value) {
        if (value.isEmpty()) {
            section.report(key, "is empty", "nothing", allowed(key));
        }
        return value;
    }

    private String fromEnvironment(Section section, String key, String variable) {
        String value = environment.getOrDefault(variable, "");
        if (value.isEmpty()) {
            section.report(key, "names a variable that is not set", variable, allowed(key));
        }
        return value;
    }

    private String fromCredential(Section section, String key, String name) {
        String folder = environment.getOrDefault(CREDENTIALS, "");
        if (folder.isEmpty()) {
            section.report(
                    key,
                    "needs systemd, which sets " + CREDENTIALS,
                    "no " + CREDENTIALS,
                    "LoadCredential=" + name + " in the unit, or "
                            + String.join(", ", keys(wordOf(key)).subList(0, 3)));
            return "";
        }
        if (!name.matches("[A-Za-z0-9_.@-]+") || name.startsWith(".")) {
            section.report(key, "is not a credential's name", name, allowed(key));
            return "";
        }
        return fromFile(section, key, Path.of(folder).resolve(name));
    }

    private static String fromFile(Section section, String key, Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            section.report(key, "cannot be read (" + e.getClass().getSimpleName() + ")", file.toString(), allowed(key));
            return "";
        }
        String line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        line = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        if (line.isEmpty() || line.indexOf('\n') >= 0) {
            String what = line.isEmpty() ? "names an empty file" : "names a file with more than one line";
            section.report(key, what, file.toString(), allowed(key));
        }
        return line;
    }

    private static String allowed(String key) {
        String word = wordOf(key);
        return switch (key.substring(word.length())) {
            case "-file" -> "a readable file with the " + word + " on its only line";
            case "-env" -> "an environment variable with the " + word;
            case "-credential" -> "a credential passed by systemd";
            default -> "a " + word;
        };
    }
}
