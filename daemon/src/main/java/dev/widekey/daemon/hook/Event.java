package dev.widekey.daemon.hook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/**
 * Something a hook tells. Immutable, and the same however often it is told.
 *
 * @param number 1 for the migration's first event, one more for each later one
 * @param epoch of the process that did it
 * @param at when the move behind it was stored, by the target's clock
 */
public record Event(String migration, long number, Happening happening, long epoch, Instant at) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** What no other event has, not even one of a migration that is begun again under the same name. */
    public UUID id() {
        String whole = migration + " " + number + " " + happening + " " + epoch + " " + at;
        return UUID.nameUUIDFromBytes(whole.getBytes(StandardCharsets.UTF_8));
    }

    /** What a receiver gets. */
    public String json() {
        ObjectNode node = MAPPER.createObjectNode()
                .put("id", id().toString())
                .put("migration", migration)
                .put("number", number)
                .put("event", happening.word())
                .put("stage", Happening.word(happening.stage()))
                .put("epoch", epoch)
                .put("at", at.toString());
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("no JSON of " + this, e);
        }
    }

    @Override
    public String toString() {
        return "event " + number + " (" + happening.word() + ")";
    }
}
