package dev.widekey.flags.outlet;

import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import dev.widekey.flags.OutletException.Kind;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Flags among the settings of Open edX, {@code lms.env.json} or {@code lms.yml}: in the mapping {@code FEATURES}, or at the
 * file's top level where they are kept since 2025. One word is changed; comments, order and everything else stay byte for byte.
 * A flag that is not there is added in front of the others.
 *
 * <p>The application reads these settings when a process starts. What the file says is what the next process does, not what
 * the running ones do. Refused by name: a flag that is set in both places, that is not a plain true or false, or that may come
 * from a merge key. Thread-safe.
 */
public final class FeaturesFile implements Outlet {

    private static final String FEATURES = "FEATURES";
    private static final String MERGE = "<<";

    private final SettingsFile file;
    private final boolean isJson;
    private final Place place;

    /** Where in the file the flags are. */
    public enum Place {
        /** In the mapping {@code FEATURES}. */
        FEATURES,
        /** Beside it. */
        TOP_LEVEL
    }

    /** The flags in one file, which is read as JSON when its name ends so, and as YAML otherwise. */
    public FeaturesFile(Path file, Place place) {
        this.file = new SettingsFile(file);
        this.isJson = file.toString().toLowerCase(Locale.ROOT).endsWith(".json");
        this.place = place;
    }

    @Override
    public Map<String, Boolean> read(Set<String> names) throws OutletException {
        Value root = parse(file.read());
        Value settings = settings(root);
        Map<String, Boolean> values = new TreeMap<>();
        for (String name : names) {
            find(root, settings, name).flatMap(Value::truth).ifPresent(value -> values.put(name, value));
        }
        return values;
    }

    @Override
    public void write(String name, boolean value) throws OutletException {
        String text = file.read();
        Value root = parse(text);
        Value settings = settings(root);
        Optional<Value> found = find(root, settings, name);
        String word = Boolean.toString(value);
        if (found.isEmpty()) {
            replace(text, settings.extendedIn(text, name, word), name, value);
        } else if (!found.get().truth().equals(Optional.of(value))) {
            replace(text, found.get().replacedIn(text, word), name, value);
        }
    }

    @Override
    public void check(Set<String> names) throws OutletException {
        read(names);
        file.requireReplaceable();
    }

    /** A text that does not say afterwards what it should never reaches the file. */
    private void replace(String read, String text, String name, boolean value) throws OutletException {
        Value root = parse(text);
        if (!find(root, settings(root), name).flatMap(Value::truth).equals(Optional.of(value))) {
            throw refused(name, "stands where it cannot be changed without changing more");
        }
        file.replace(read, text);
    }

    private Value parse(String text) throws OutletException {
        Value root = isJson ? Json.parse(text, file.toString()) : Yaml.parse(text, file.toString());
        if (!root.isMapping()) {
            throw new OutletException(Kind.REFUSED, file + " is no mapping of settings");
        }
        return root;
    }

    private Value settings(Value root) throws OutletException {
        Value settings = place == Place.TOP_LEVEL
                ? root
                : root.get(FEATURES)
                        .filter(Value::isMapping)
                        .orElseThrow(() -> new OutletException(Kind.REFUSED, file + " has no mapping " + FEATURES));
        if (settings.get(MERGE).isPresent()) {
            throw new OutletException(
                    Kind.REFUSED,
                    file + " merges other settings in (" + MERGE + "), so what holds there is not plain to see");
        }
        return settings;
    }

    private Optional<Value> find(Value root, Value settings, String name) throws OutletException {
        Optional<Value> elsewhere =
                place == Place.TOP_LEVEL ? root.get(FEATURES).flatMap(features -> features.get(name)) : root.get(name);
        if (elsewhere.isPresent()) {
            throw refused(
                    name,
                    "is set " + (place == Place.TOP_LEVEL ? "in FEATURES" : "at the top level")
                            + ", where the configuration does not look; leave one of the two places");
        }
        Optional<Value> found = settings.get(name);
        if (found.isPresent() && found.get().truth().isEmpty()) {
            throw refused(name, "is not a plain true or false");
        }
        return found;
    }

    private OutletException refused(String name, String what) {
        return new OutletException(Kind.REFUSED, "the setting " + name + " in " + file + " " + what);
    }

    @Override
    public String toString() {
        return "the settings file " + file;
    }
}
