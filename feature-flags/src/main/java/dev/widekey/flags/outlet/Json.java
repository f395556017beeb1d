package dev.widekey.flags.outlet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.widekey.flags.OutletException;
import dev.widekey.flags.OutletException.Kind;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON as a tree of values that know where they stand. Stateless. */
final class Json {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    /**
     * @param where whose text it is, for messages
     */
    static Value parse(String text, String where) throws OutletException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            Value value = value(parser);
            if (parser.nextToken() != null) {
                throw new OutletException(Kind.REFUSED, where + " holds more than one JSON value");
            }
            return value;
        } catch (IOException e) {
            String what = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            // Somebody may be writing it just now.
            throw new OutletException(Kind.UNREACHABLE, where + " is not JSON: " + what, e);
        }
    }

    private static Value value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        int start = (int) parser.currentTokenLocation().getCharOffset();
        if (token == null) {
            return Value.other(start);
        }
        return switch (token) {
            case VALUE_TRUE -> Value.scalar(Value.Kind.TRUE, "", start, start + "true".length());
            case VALUE_FALSE -> Value.scalar(Value.Kind.FALSE, "", start, start + "false".length());
            case VALUE_STRING -> {
                // The parser knows where a string ends only once it has read it.
                String text = parser.getText();
                yield Value.scalar(Value.Kind.TEXT, text, start, (int)
                        parser.currentLocation().getCharOffset());
            }
            case START_OBJECT -> object(parser, start);
            case START_ARRAY -> {
                parser.skipChildren();
                yield Value.other(start);
            }
            default -> Value.other(start);
        };
    }

    private static Value object(JsonParser parser, int start) throws IOException {
        Map<String, Value> entries = new LinkedHashMap<>();
        int first = -1;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            if (first < 0) {
                first = (int) parser.currentTokenLocation().getCharOffset();
            }
            parser.nextToken();
            entries.put(key, value(parser));
        }
        return Value.mapping(entries, start, Value.Form.FLOW, first);
    }

    static String quote(String text) {
        return "\"" + escape(text) + "\"";
    }

    static String escape(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
