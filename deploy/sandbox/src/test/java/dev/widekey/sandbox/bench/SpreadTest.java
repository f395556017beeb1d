package dev.widekey.sandbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void theMedianIsTheOneInTheMiddle() {
        assertThat(Spread.of(List.of(9.0, 1.0, 2.0))).isEqualTo(new Spread(1, 2, 9));
    }

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(new Spread(1, 3, 100));
    }

    @Test
    void nothingHasNoMedian() {
        assertThatIllegalArgumentException().isThrownBy(() -> Spread.of(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> Spread.quantile(new double[0], 0.99));
    }

    @Test
    void aQuantileIsAValueThatWasMeasured() {
        double[] hundred = new double[100];
        for (int i = 0; i < 100; i++) {
            hundred[i] = 100 - i;
        }
        assertThat(Spread.quantile(hundred, 0.99)).isEqualTo(99);
        assertThat(Spread.quantile(hundred, 1)).isEqualTo(100);
        assertThat(Spread.quantile(new double[] {7}, 0.99)).isEqualTo(7);
    }

    @Test
    void theTextHoldsAllThree() {
        assertThat(new Spread(1, 2.5, 3).text(2)).isEqualTo("2.50 (1.00..3.00)");
    }
}
