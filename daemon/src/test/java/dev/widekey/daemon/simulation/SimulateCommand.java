package dev.widekey.daemon.simulation;

import java.util.Locale;
import java.util.Random;

/** The command behind {@code deploy/simulate}. */
public final class SimulateCommand {
    private static final String USAGE = """
            usage: deploy/simulate [--seeds N] [--seed FIRST] [--replay SEED]

            Runs the copy against simulated servers, one run per seed. Exit code 0: every run was clean.
              --seeds N       how many, 20000 without it
              --seed FIRST    the first of them; chosen by chance without it
              --replay SEED   one run, every step of it printed
            """;

    private SimulateCommand() {}

    /** Exits with 0 when every run was clean, with 1 when one was not, with 2 when it does not understand. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) throws InterruptedException {
        long seeds = 20_000;
        long first = new Random().nextInt(Integer.MAX_VALUE) * 1_000L;
        Long replay = null;
        if (arguments.length == 1 && arguments[0].equals("--help")) {
            System.out.print(USAGE);
            return 0;
        }
        try {
            for (int i = 0; i < arguments.length; i += 2) {
                long value = Long.parseLong(arguments[i + 1]);
                switch (arguments[i]) {
                    case "--seeds" -> seeds = value;
                    case "--seed" -> first = value;
                    case "--replay" -> replay = value;
                    default -> throw new NumberFormatException();
                }
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException wrong) {
            System.err.print(USAGE);
            return 2;
        }
        return replay == null ? campaign(first, seeds) : replay(replay);
    }

    private static int replay(long seed) {
        Campaign.silence();
        try (Simulation simulation = new Simulation()) {
            Simulation.Outcome outcome = simulation.run(seed, true);
            System.out.printf(
                    "simulate: seed=%d trace=%016x %s%n",
                    seed, outcome.hash(), outcome.isClean() ? "clean" : outcome.violation());
            return outcome.isClean() ? 0 : 1;
        }
    }

    private static int campaign(long first, long seeds) throws InterruptedException {
        Campaign campaign = new Campaign();
        campaign.run(first, seeds);
        Simulation.Outcome broken = campaign.broken();
        if (broken != null) {
            System.out.println(broken.report());
        }
        campaign.tally().all().forEach((what, times) -> System.out.printf(Locale.ROOT, "  %-34s %d%n", what, times));
        System.out.printf(
                Locale.ROOT,
                "simulate: seeds=%d first=%d broken=%d seeds/s=%.0f%n",
                campaign.runs(),
                first,
                broken == null ? 0 : 1,
                campaign.runsPerSecond());
        return broken == null ? 0 : 1;
    }
}
