package dev.widekey.sandbox.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CopyTableTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Report report =
            new Report("copy", new PrintStream(printed, true, StandardCharsets.UTF_8), System.nanoTime());

    @Test
    void aBarComparesMedians() throws IOException, InterruptedException {
        report("floor,widekey", Map.of("floor", List.of(8.0, 9.0, 100.0), "widekey", List.of(10.0, 1.0, 11.0)));
        assertThat(report.bars().get(0).line()).isEqualTo("bar copy-widekey-to-floor measured=0.90 wanted=0.80 ok");
        assertThat(text()).contains("| `widekey` | 10.00 (1.00..11.00) | 100000 | 0.90 |");
    }

    @Test
    void aContenderThatWasAskedForAndIsMissingLeavesItsBarShort() throws IOException, InterruptedException {
        report("widekey,mysqldump", Map.of("widekey", List.of(10.0)));
        assertThat(report.bars().get(0).line())
                .isEqualTo("bar copy-widekey-to-mysqldump measured=missing wanted=1.70 short");
    }

    @Test
    void nobodyIsHeldAgainstAContenderThatWasNotAskedFor() throws IOException, InterruptedException {
        report("widekey", Map.of("widekey", List.of(10.0)));
        assertThat(report.bars()).extracting(Bar::name).containsExactly("copy-cpu-per-million-rows");
    }

    @Test
    void whatCountsAfterTheWarmUpIsFromHalfOfTheRowsToNineTenths() {
        WarmUp warmUp = new WarmUp();
        warmUp.look(0, 5, 100);
        warmUp.look(400_000, 10, 110);
        warmUp.look(500_000, 11, 112);
        warmUp.look(900_000, 13, 116);
        warmUp.look(1_000_000, 17, 130);
        assertThat(warmUp.cpuPerMillionRows()).isEqualTo(5);
        assertThat(warmUp.secondsPerMillionRows()).isEqualTo(10);
    }

    @Test
    void aCopyNobodyLookedAtInBetweenHasNoWarmPart() {
        WarmUp warmUp = new WarmUp();
        warmUp.look(0, 5, 100);
        warmUp.look(1_000_000, 17, 130);
        assertThat(warmUp.cpuPerMillionRows()).isZero();
    }

    private void report(String names, Map<String, List<Double>> seconds) throws IOException, InterruptedException {
        List<Contender> asked = Contenders.named(names);
        Map<Contender, List<Lap>> laps = new LinkedHashMap<>();
        for (Contender contender : asked) {
            if (seconds.containsKey(contender.name())) {
                laps.put(
                        contender,
                        seconds.get(contender.name()).stream()
                                .map(value -> new Lap(value, 1, 2, 3, 4, 5, 0))
                                .toList());
            }
        }
        new CopyTable(1_000_000, asked, laps, Race.IN_MEMORY).report(report);
    }

    private String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
