package dev.widekey.daemon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Twenty thousand runs of the copy against simulated servers. */
@Timeout(1200)
class SimulationIT {
    private static final int THE_SAME_IN_EVERY_BUILD = 5_000;
    private static final int NEW_IN_EVERY_BUILD = 15_000;

    @Test
    void everyRunEndsWithTheRowsOfTheSource() throws Exception {
        long first = Long.getLong("widekey.seed", new Random().nextInt(Integer.MAX_VALUE) * 1_000L);
        System.out.printf("seeds 1 to %d, then from %d; -Dwidekey.seed%n", THE_SAME_IN_EVERY_BUILD, first);
        Campaign campaign = new Campaign();
        campaign.run(1, THE_SAME_IN_EVERY_BUILD);
        if (campaign.broken() == null) {
            campaign.run(first, NEW_IN_EVERY_BUILD);
        }
        Simulation.Outcome broken = campaign.broken();
        assertThat(broken == null ? "" : broken.report()).isEmpty();
        assertThat(campaign.runs()).isEqualTo(THE_SAME_IN_EVERY_BUILD + NEW_IN_EVERY_BUILD);

        Map<String, Long> happened = campaign.tally().all();
        happened.forEach((what, times) -> System.out.printf("%-34s %d%n", what, times));
        System.out.printf(Locale.ROOT, "%.0f seeds/s%n", campaign.runsPerSecond());
        assertThat(happened).doesNotContainValue(0L);
    }

    @Test
    void aSeedIsTheSameRunInAnotherProcess() throws Exception {
        Campaign.silence();
        for (long seed : List.of(7L, 77L, 777L)) {
            String here;
            try (Simulation simulation = new Simulation()) {
                here = String.format("trace=%016x", simulation.run(seed, false).hash());
            }
            assertThat(replayedElsewhere(seed)).endsWith(here + " clean");
        }
    }

    private static String replayedElsewhere(long seed) throws Exception {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SimulateCommand.class.getName(),
                        "--replay",
                        Long.toString(seed))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }
}
