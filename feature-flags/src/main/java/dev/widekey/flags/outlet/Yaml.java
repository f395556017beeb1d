package dev.widekey.flags.outlet;

import dev.widekey.flags.OutletException;
import dev.widekey.flags.OutletException.Kind;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * YAML 1.1 as a tree of values that know where they stand. A value that is not written as itself (with an anchor, an alias or
 * a tag) is of no known kind, since replacing it would change other values too. Stateless.
 */
final class Yaml {

    /** What YAML 1.1 reads as true, as PyYAML does. */
    private static final Pattern YES = Pattern.compile("(?i)true|yes|on");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z]+(_[A-Za-z0-9]+)+");

    private final String text;

    private Yaml(String text) {
        this.text = text;
    }

    /**
     * @param where whose text it is, for messages
     */
    static Value parse(String text, String where) throws OutletException {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(1000);
        options.setCodePointLimit(64 * 1024 * 1024);
        try {
            @Nullable Node root = new org.yaml.snakeyaml.Yaml(options).compose(new StringReader(text));
            return root == null ? Value.other(0) : new Yaml(text).value(root, where, 0);
        } catch (YAMLException e) {
            String what = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            // Somebody may be writing it just now.
            throw new OutletException(Kind.UNREACHABLE, where + " is not YAML: " + what, e);
        }
    }

    /** Two levels are all that is asked for; below, aliases may lead in circles. */
    private Value value(Node node, String where, int level) throws OutletException {
        int start = offset(node.getStartMark().getIndex());
        int end = offset(node.getEndMark().getIndex());
        if (node instanceof MappingNode mapping && level < 2) {
            return mapping(mapping, where, level, start);
        }
        if (!(node instanceof ScalarNode scalar) || node.getAnchor() != null) {
            return Value.other(start);
        }
        boolean isItself = text.substring(start, end).equals(scalar.getValue());
        if (scalar.getScalarStyle() == ScalarStyle.PLAIN && node.getTag().equals(Tag.BOOL) && isItself) {
            boolean yes = YES.matcher(scalar.getValue()).matches();
            return Value.scalar(yes ? Value.Kind.TRUE : Value.Kind.FALSE, "", start, end);
        }
        return Value.other(start);
    }

    private Value mapping(MappingNode node, String where, int level, int start) throws OutletException {
        Map<String, Value> entries = new LinkedHashMap<>();
        int first = -1;
        for (NodeTuple entry : node.getValue()) {
            if (first < 0) {
                first = offset(entry.getKeyNode().getStartMark().getIndex());
            }
            if (entry.getKeyNode() instanceof ScalarNode key
                    && entries.put(key.getValue(), value(entry.getValueNode(), where, level + 1)) != null) {
                throw new OutletException(Kind.REFUSED, where + " gives " + key.getValue() + " twice");
            }
        }
        Value.Form form = node.getFlowStyle() == FlowStyle.FLOW ? Value.Form.FLOW : Value.Form.BLOCK;
        return Value.mapping(entries, start, form, first);
    }

    /** Marks count characters, not their halves in UTF-16. */
    private int offset(int index) {
        return text.offsetByCodePoints(0, index);
    }

    static String key(String name) {
        return PLAIN.matcher(name).matches() ? name : Json.quote(name);
    }
}
