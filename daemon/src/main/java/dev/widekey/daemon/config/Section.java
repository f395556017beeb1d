package dev.widekey.daemon.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One mapping of the file. Every question names a key, and {@link #close()} reports the keys nobody asked for. A value that
 * cannot be used is reported and answered with a stand-in, so that the rest of the file is looked at too.
 *
 * <p>Confined to the thread that loads.
 */
final class Section implements AutoCloseable {

    private final String prefix;
    private final Mark mark;
    private final Problems problems;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final Map<String, String> missing = new LinkedHashMap<>();

    /** The mapping at the top of the file. */
    Section(MappingNode root, Problems problems) {
        this("", root.getStartMark(), problems);
        fill(root);
    }

    private Section(String prefix, Mark mark, Problems problems) {
        this.prefix = prefix;
        this.mark = mark;
        this.problems = problems;
    }

    private void fill(MappingNode node) {
        for (NodeTuple entry : node.getValue()) {
            Node key = entry.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                problems.add(key.getStartMark(), prefix + "?", "is not a plain key", describe(key), "a word");
                continue;
            }
            String name = scalar.getValue();
            if (entries.putIfAbsent(name, entry) != null) {
                problems.add(key.getStartMark(), path(name), "is given twice", name + " again", "one " + name);
            }
        }
    }

    /** The mapping under a key, empty when the key is absent. */
    Section section(String key) {
        known.add(key);
        NodeTuple entry = entries.get(key);
        if (entry == null) {
            return new Section(path(key) + ".", mark, problems);
        }
        Node value = entry.getValueNode();
        Section section = new Section(path(key) + ".", entry.getKeyNode().getStartMark(), problems);
        if (value instanceof MappingNode mapping) {
            section.fill(mapping);
        } else if (!isNull(value)) {
            problems.add(value.getStartMark(), path(key), "is not a section", describe(value), "keys below " + key);
        }
        return section;
    }

    boolean has(String key) {
        known.add(key);
        return entries.containsKey(key);
    }

    /** Text that must be there and match. */
    String text(String key, Pattern shape, String allowed) {
        return scalar(key, allowed)
                .map(node -> checkedText(key, node, shape, allowed))
                .orElse("");
    }

    /** Text that may be absent. */
    String text(String key, String fallback, Pattern shape, String allowed) {
        return has(key) ? text(key, shape, allowed) : fallback;
    }

    private String checkedText(String key, ScalarNode node, Pattern shape, String allowed) {
        if (!shape.matcher(node.getValue()).matches()) {
            report(key, "cannot be used", describe(node), allowed);
        }
        return node.getValue();
    }

    /** A whole number that must be there. */
    long number(String key, long least, long most) {
        String allowed = "a whole number from " + least + " to " + most;
        Optional<ScalarNode> node = scalar(key, allowed);
        if (node.isEmpty()) {
            return least;
        }
        String text = node.get().getValue();
        if (!node.get().getTag().equals(Tag.INT) || !text.matches("-?(0|[1-9][0-9]{0,17})")) {
            report(key, "is not a whole number", describe(node.get()), allowed);
            return least;
        }
        long value = Long.parseLong(text);
        if (value < least || value > most) {
            report(key, "is out of range", text, allowed);
            return least;
        }
        return value;
    }

    /** A whole number that may be absent. */
    long number(String key, long fallback, long least, long most) {
        return has(key) ? number(key, least, most) : fallback;
    }

    /** True or false that must be there. */
    boolean truth(String key) {
        Optional<ScalarNode> node = scalar(key, "true or false");
        if (node.isPresent()
                && !(node.get().getTag().equals(Tag.BOOL)
                        && List.of("true", "false").contains(node.get().getValue()))) {
            report(key, "is neither true nor false", describe(node.get()), "true or false");
        }
        return node.isPresent() && node.get().getValue().equals("true");
    }

    /** True or false that may be absent. */
    boolean truth(String key, boolean fallback) {
        return has(key) ? truth(key) : fallback;
    }

    /** One of an enum's names, in lower case with dashes; may be absent. */
    <E extends Enum<E>> E choice(String key, E fallback) {
        if (!has(key)) {
            return fallback;
        }
        E[] all = fallback.getDeclaringClass().getEnumConstants();
        String allowed = Arrays.stream(all).map(Section::nameOf).collect(Collectors.joining(", "));
        Optional<ScalarNode> node = scalar(key, allowed);
        for (E each : all) {
            if (node.isPresent() && nameOf(each).equals(node.get().getValue())) {
                return each;
            }
        }
        node.ifPresent(n -> report(key, "is not one of the choices", describe(n), allowed));
        return fallback;
    }

    /** A length of time that may be absent. */
    Duration duration(String key, Duration fallback, Duration least, Duration most) {
        if (!has(key)) {
            return fallback;
        }
        String allowed = "a whole number with ms, s, m or h, from " + DurationText.format(least) + " to "
                + DurationText.format(most);
        Optional<ScalarNode> node = scalar(key, allowed);
        if (node.isEmpty()) {
            return fallback;
        }
        Optional<Duration> value = DurationText.parse(node.get().getValue());
        if (value.isEmpty()) {
            report(key, "is not a length of time", describe(node.get()), allowed);
            return fallback;
        }
        if (value.get().compareTo(least) < 0 || value.get().compareTo(most) > 0) {
            report(key, "is out of range", node.get().getValue(), allowed);
        }
        return value.get();
    }

    /** Turns a text into something else; the converter reports through this section and answers with a stand-in. */
    <T> Optional<T> optional(String key, String allowed, BiFunction<String, String, T> converter) {
        return has(key) ? scalar(key, allowed).map(node -> converter.apply(key, node.getValue())) : Optional.empty();
    }

    /** A value of a form of its own that may be absent. */
    <T> T value(String key, T fallback, String allowed, Function<String, Optional<T>> parser) {
        return optional(
                        key,
                        allowed,
                        (name, text) -> parser.apply(text).orElseGet(() -> {
                            report(name, "cannot be used", "'" + text + "'", allowed);
                            return fallback;
                        }))
                .orElse(fallback);
    }

    /** A list of such values, empty when the key is absent. */
    <T> List<T> values(String key, String allowed, Function<String, Optional<T>> parser) {
        if (!has(key)) {
            return List.of();
        }
        String wanted = "a list of " + allowed;
        Node list = Objects.requireNonNull(entries.get(key)).getValueNode();
        if (!(list instanceof SequenceNode sequence)) {
            report(key, "is not a list", describe(list), wanted);
            return List.of();
        }
        List<T> values = new ArrayList<>();
        for (Node node : sequence.getValue()) {
            Optional<T> value = node instanceof ScalarNode scalar ? parser.apply(scalar.getValue()) : Optional.empty();
            value.ifPresentOrElse(
                    values::add,
                    () -> problems.add(node.getStartMark(), path(key), "cannot be used", describe(node), wanted));
        }
        return values;
    }

    /** The texts under all keys of this section, whatever the keys are, in the file's order. Each text that has a flaw is reported with it. */
    Map<String, String> texts(
            Pattern names, String allowedNames, String allowed, Function<String, Optional<String>> flaw) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, NodeTuple> entry : entries.entrySet()) {
            String key = entry.getKey();
            if (!names.matcher(key).matches()) {
                Mark at = entry.getValue().getKeyNode().getStartMark();
                problems.add(at, path(key), "is not a name", "'" + key + "'", allowedNames);
            }
            scalar(key, allowed).map(ScalarNode::getValue).ifPresent(text -> {
                Optional<String> what = flaw.apply(text);
                what.ifPresent(is -> report(key, is, "'" + text + "'", allowed));
                if (what.isEmpty()) {
                    texts.put(key, text);
                }
            });
        }
        return texts;
    }

    /** Reports a problem of a key that is there, or of the section when it is not. */
    void report(String key, String what, String got, String allowed) {
        NodeTuple entry = entries.get(key);
        Mark at = entry == null ? mark : entry.getValueNode().getStartMark();
        problems.add(at, path(key), what, got, allowed);
    }

    /** Notes a key that must be there and is not. */
    void missing(String key, String allowed) {
        missing.put(key, allowed);
    }

    /** Reports every key that was not asked for, and every missing key that none of those was meant to be. */
    @Override
    public void close() {
        Set<String> free = new LinkedHashSet<>(known);
        free.removeAll(entries.keySet());
        for (Map.Entry<String, NodeTuple> entry : entries.entrySet()) {
            String name = entry.getKey();
            if (!known.contains(name)) {
                Optional<String> meant = NearestKey.to(name, free);
                meant.ifPresent(missing::remove);
                problems.add(
                        entry.getValue().getKeyNode().getStartMark(),
                        path(name),
                        "is not a key here"
                                + meant.map(near -> ", did you mean " + near + "?")
                                        .orElse(""),
                        name,
                        String.join(", ", known));
            }
        }
        missing.forEach((key, allowed) -> problems.add(mark, path(key), "is missing", "nothing", allowed));
    }

    private Optional<ScalarNode> scalar(String key, String allowed) {
        known.add(key);
        NodeTuple entry = entries.get(key);
        if (entry == null) {
            missing(key, allowed);
            return Optional.empty();
        }
        Node value = entry.getValueNode();
        if (isNull(value)) {
            problems.add(value.getStartMark(), path(key), "has no value", "nothing", allowed);
            return Optional.empty();
        }
        if (!(value instanceof ScalarNode scalar)) {
            problems.add(value.getStartMark(), path(key), "is not a single value", describe(value), allowed);
            return Optional.empty();
        }
        return Optional.of(scalar);
    }

    private String path(String key) {
        return prefix + key;
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private static String nameOf(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String describe(Node node) {
        if (!(node instanceof ScalarNode scalar)) {
            return node instanceof MappingNode ? "a section" : "a list";
        }
        String text = scalar.getValue();
        return node.getTag().equals(Tag.STR) ? "'" + text + "'" : text;
    }
}
