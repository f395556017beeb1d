package dev.widekey.daemon.hook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EventTest {
    private static final Instant AT = Instant.parse("2026-11-26T10:11:12.131415Z");
    private static final Event EVENT = new Event("csmh", 2, Happening.WRITES_MOVED, 3, AT);

    @Test
    void theJsonSaysWhatHappenedToWhomAndWhen() throws Exception {
        JsonNode json = new ObjectMapper().readTree(EVENT.json());
        assertThat(json)
                .isEqualTo(
                        new ObjectMapper()
                                .readTree(
                                        "{\"id\": \"" + EVENT.id()
                                                + "\", \"migration\": \"csmh\", \"number\": 2, \"event\": \"writes-moved\","
                                                + " \"stage\": \"writes-moved\", \"epoch\": 3, \"at\": \"2026-11-26T10:11:12.131415Z\"}"));
    }

    @Test
    void theIdIsTheSameForTheSameEventAndNoOther() {
        assertThat(new Event("csmh", 2, Happening.WRITES_MOVED, 3, AT).id()).isEqualTo(EVENT.id());
        assertThat(new Event("csmi", 2, Happening.WRITES_MOVED, 3, AT).id()).isNotEqualTo(EVENT.id());
        assertThat(new Event("csmh", 3, Happening.WRITES_MOVED, 3, AT).id()).isNotEqualTo(EVENT.id());
        assertThat(new Event("csmh", 2, Happening.READS_MOVED, 3, AT).id()).isNotEqualTo(EVENT.id());
        assertThat(new Event("csmh", 2, Happening.WRITES_MOVED, 4, AT).id()).isNotEqualTo(EVENT.id());
    }

    @Test
    void aMigrationThatIsBegunAgainHasOtherIds() {
        assertThat(new Event("csmh", 2, Happening.WRITES_MOVED, 3, AT.plusSeconds(1)).id())
                .isNotEqualTo(EVENT.id());
    }
}
