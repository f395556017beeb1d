package dev.widekey.flags.outlet;

import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import dev.widekey.flags.OutletException.Kind;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Flags in a JSON file of flagd, after its flag definition schema: {@code flags.<key>} with {@code state}, {@code variants},
 * {@code defaultVariant} and {@code targeting}. A flip changes {@code defaultVariant}; everything else in the file stays byte for
 * byte. A flag that is not there is added.
 *
 * <p>Refused by name: a flag that is disabled, that has targeting rules, or whose variants are not boolean, since none of
 * them has one value for everybody. Thread-safe.
 */
public final class FlagdFile implements Outlet {

    private final SettingsFile file;

    /** The flags in one file. */
    public FlagdFile(Path file) {
        this.file = new SettingsFile(file);
    }

    @Override
    public Map<String, Boolean> read(Set<String> names) throws OutletException {
        Value flags = flags(file.read());
        Map<String, Boolean> values = new TreeMap<>();
        for (String name : names) {
            Optional<Value> flag = flags.get(name);
            if (flag.isPresent()) {
                values.put(name, definition(name, flag.get()).value());
            }
        }
        return values;
    }

    @Override
    public void write(String name, boolean value) throws OutletException {
        String text = file.read();
        Value flags = flags(text);
        Optional<Value> flag = flags.get(name);
        if (flag.isEmpty()) {
            String definition =
                    "{\"state\": \"ENABLED\", \"variants\": {\"on\": true, \"off\": false}, \"defaultVariant\": "
                            + Json.quote(value ? "on" : "off") + "}";
            file.replace(text, flags.extendedIn(text, name, definition));
            return;
        }
        Definition found = definition(name, flag.get());
        if (found.value() != value) {
            String variant = Json.quote(found.variant(value));
            file.replace(text, found.defaultVariant().replacedIn(text, variant));
        }
    }

    @Override
    public void check(Set<String> names) throws OutletException {
        read(names);
        file.requireReplaceable();
    }

    private Value flags(String text) throws OutletException {
        return Json.parse(text, file.toString())
                .get("flags")
                .filter(Value::isMapping)
                .orElseThrow(() -> new OutletException(Kind.REFUSED, file + " has no object \"flags\""));
    }

    private record Definition(Value defaultVariant, Map<String, Value> variants, String name) {

        boolean value() {
            return variants.entrySet().stream()
                    .anyMatch(variant -> variant.getKey().equals(defaultVariant.text())
                            && variant.getValue().kind() == Value.Kind.TRUE);
        }

        String variant(boolean value) throws OutletException {
            return variants.entrySet().stream()
                    .filter(variant -> variant.getValue().truth().equals(Optional.of(value)))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElseThrow(() ->
                            new OutletException(Kind.REFUSED, "flag " + name + " has no variant that is " + value));
        }
    }

    private Definition definition(String name, Value flag) throws OutletException {
        if (!flag.get("state").map(Value::text).equals(Optional.of("ENABLED"))) {
            throw refused(
                    name, "is not ENABLED, so that the application uses its own default", "set its state to ENABLED");
        }
        if (flag.get("targeting")
                .filter(rules -> !rules.isMapping() || !rules.entries().isEmpty())
                .isPresent()) {
            throw refused(name, "has targeting rules, so that its value depends on who asks", "take them out");
        }
        Map<String, Value> variants = flag.get("variants").map(Value::entries).orElse(Map.of());
        boolean booleans =
                variants.values().stream().allMatch(variant -> variant.truth().isPresent());
        Optional<Value> selected = flag.get("defaultVariant").filter(variant -> variants.containsKey(variant.text()));
        if (!booleans || selected.isEmpty()) {
            throw refused(
                    name,
                    booleans ? "has no defaultVariant among its variants" : "has variants that are not boolean",
                    "give it the variants true and false, and one of them as defaultVariant");
        }
        Definition definition = new Definition(selected.get(), variants, name);
        // Both have to be there before anybody relies on the other one.
        definition.variant(true);
        definition.variant(false);
        return definition;
    }

    private OutletException refused(String name, String what, String fix) {
        return new OutletException(Kind.REFUSED, "flag " + name + " in " + file + " " + what + "; " + fix);
    }

    @Override
    public String toString() {
        return "the flagd file " + file;
    }
}
