package dev.widekey.daemon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation notices when a rule of the code is taken away. */
@Timeout(1200)
class MutationIT {
    private static final int SEEDS = 5_000;

    private static final Map<String, Future<String>> VERDICTS = new LinkedHashMap<>();
    private static ExecutorService threads;

    @BeforeAll
    static void begin() {
        Campaign.silence();
        threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        mutations().forEach(mutation -> VERDICTS.put(mutation.name(), threads.submit(() -> whatIsNoticed(mutation))));
    }

    @AfterAll
    static void end() {
        threads.shutdownNow();
    }

    static List<Mutation> mutations() {
        String named = System.getProperty("widekey.mutations", "");
        return Mutations.all().stream()
                .filter(mutation -> mutation.name().contains(named))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutations")
    void isNoticed(Mutation mutation) throws Exception {
        String noticed = VERDICTS.get(mutation.name()).get();
        System.out.printf("%-75s %s%n", mutation.name(), noticed);
        assertThat(noticed)
                .as("\"%s\" is not noticed in %d runs", mutation, SEEDS)
                .isNotEmpty();
    }

    /** The first seed that notices, and what it says. */
    private static String whatIsNoticed(Mutation mutation) throws Exception {
        Class<?> mutant = MutantLoader.of(mutation).loadClass(Simulation.class.getName());
        assertThat(mutant).isNotSameAs(Simulation.class);
        Object simulation = mutant.getDeclaredConstructor().newInstance();
        try (AutoCloseable closing = (AutoCloseable) simulation) {
            for (long seed = 1; seed <= SEEDS; seed++) {
                Object violation = ((LongFunction<?>) closing).apply(seed);
                if (!violation.equals("")) {
                    return "seed " + seed + ": "
                            + violation.toString().lines().findFirst().orElse("");
                }
            }
        }
        return "";
    }
}
