package dev.widekey.cdc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shyiko.mysql.binlog.GtidSet;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GtidsTest {

    private static final String A = "11111111-1111-1111-1111-111111111111";
    private static final String B = "22222222-2222-2222-2222-222222222222";

    @Test
    void the_servers_text_is_read_and_written_in_one_normal_form() {
        assertThat(Gtids.parse(B.toUpperCase(java.util.Locale.ROOT) + ":7:1-3:4,\n " + A + ":5")
                        .toString())
                .isEqualTo(A + ":5," + B + ":1-4:7");
        assertThat(Gtids.parse("").isEmpty()).isTrue();
        assertThat(Gtids.parse(" \n").toString()).isEmpty();
    }

    @Test
    void tagged_transactions_are_kept_apart_from_untagged_ones() {
        Gtids gtids = Gtids.parse(A + ":1-3:blue:1-2:red:9");
        assertThat(gtids.toString()).isEqualTo(A + ":1-3," + A + ":blue:1-2," + A + ":red:9");
        assertThat(gtids.contains(Gtids.parse(A + ":blue:2"))).isTrue();
        assertThat(gtids.contains(Gtids.parse(A + ":blue:3"))).isFalse();
        assertThat(Gtids.parse(gtids.toString())).isEqualTo(gtids);
    }

    @Test
    void a_transaction_is_added_to_its_neighbours() {
        Gtids gtids = Gtids.parse(A + ":1-3:5-9").plus(A + ":4");
        assertThat(gtids.toString()).isEqualTo(A + ":1-9");
        assertThat(gtids.plus(B + ":1").contains(gtids)).isTrue();
        assertThat(gtids.contains(gtids.plus(B + ":1"))).isFalse();
    }

    @Test
    void everything_contains_the_empty_set() {
        assertThat(Gtids.empty().contains(Gtids.empty())).isTrue();
        assertThat(Gtids.parse(A + ":1").contains(Gtids.empty())).isTrue();
        assertThat(Gtids.empty().contains(Gtids.parse(A + ":1"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "x:1", A, A + ":", A + ":0", A + ":5-4", A + ":1-", A + "::1"})
    void other_text_is_refused(String text) {
        assertThatThrownBy(() -> Gtids.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void random_sets_behave_like_sets_and_like_the_clients_own() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            BitSet left = bits(random);
            BitSet right = bits(random);
            BitSet union = (BitSet) left.clone();
            union.or(right);
            BitSet missing = (BitSet) right.clone();
            missing.andNot(left);
            Gtids l = Gtids.parse(text(left));
            Gtids r = Gtids.parse(text(right));
            assertThat(l.plus(r)).as("seed %d", seed).isEqualTo(Gtids.parse(text(union)));
            assertThat(l.contains(r)).as("seed %d", seed).isEqualTo(missing.isEmpty());
            assertThat(new GtidSet(text(right)).isContainedWithin(new GtidSet(text(left))))
                    .as("seed %d", seed)
                    .isEqualTo(l.contains(r));
        }
    }

    private static BitSet bits(Random random) {
        BitSet bits = new BitSet();
        for (int i = random.nextInt(6); i >= 0; i--) {
            int from = 1 + random.nextInt(30);
            bits.set(from, from + 1 + random.nextInt(8));
        }
        return bits;
    }

    private static String text(BitSet bits) {
        StringBuilder text = new StringBuilder(A);
        bits.stream().forEach(i -> text.append(':').append(i));
        return text.toString();
    }
}
