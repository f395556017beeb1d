package dev.widekey.flags.ack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StrengthTest {

    @Test
    void whatWasStoredOrRefusedIsProvenAndWhatWasWaitedForIsAssumed() {
        assertThat(Arrays.stream(Strength.values()).map(strength -> strength + " " + strength.word()))
                .containsExactly("ACKED proven", "FENCED proven", "OBSERVED assumed", "WAITED assumed");
        assertThat(Arrays.stream(Strength.values()).filter(Strength::isProof))
                .containsExactly(Strength.ACKED, Strength.FENCED);
    }
}
