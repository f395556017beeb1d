package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.Contender.FailedException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Optional;

/**
 * The daemon, with its stream running and an application writing. Timed from the beginning of the copy to its end by the daemon's own history of phases.
 * Afterwards the daemon itself has to find every row equal, before anybody else looks.
 */
final class WidekeyCopy implements Contender {
    /** Transactions per second of the application; a busy hour of the table's real one is some twenty. */
    static final double WRITES_PER_SECOND = 20;

    private static final Duration LIMIT = Duration.ofHours(2);

    private final String name;
    private final DaemonConfig config;

    WidekeyCopy(String name, DaemonConfig config) {
        this.name = name;
        this.config = config;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return "the checkout, with a writer of " + Math.round(WRITES_PER_SECOND) + " transactions/s";
    }

    @Override
    public Lap copy(Servers servers) throws IOException, SQLException, InterruptedException {
        String defined = servers.world().targetDefinition();
        try (DaemonRun daemon = DaemonRun.start(servers, config)) {
            Lap lap;
            try (LiveWriter writer = LiveWriter.start(servers, WRITES_PER_SECOND)) {
                daemon.await("BACKFILL", LIMIT);
                lap = measure(servers, daemon);
                writer.check();
            }
            daemon.await("READY", LIMIT);
            daemon.stop();
            if (!servers.world().targetDefinition().equals(defined)) {
                throw new FailedException("the target's table is no longer what it was: "
                        + servers.world().targetDefinition());
            }
            return lap;
        }
    }

    /** Measures from now, with the copy just begun, to the phase that follows it. */
    static Lap measure(Servers servers, DaemonRun daemon) throws IOException, SQLException, InterruptedException {
        Meter meter = Meter.start(servers);
        double before = Usage.cpuSeconds(daemon.pid());
        WarmUp warmUp = new WarmUp();
        Optional<LocalDateTime> end = daemon.entered("CATCH_UP");
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (end.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new FailedException("the copy does not end in " + LIMIT.toHours() + " hours");
            }
            warmUp.look(daemon.copiedRows(), Usage.cpuSeconds(daemon.pid()), System.nanoTime() / 1e9);
            daemon.pause();
            end = daemon.entered("CATCH_UP");
        }
        LocalDateTime began = daemon.await("BACKFILL", LIMIT);
        double cpu = Usage.cpuSeconds(daemon.pid());
        warmUp.look(daemon.copiedRows(), cpu, System.nanoTime() / 1e9);
        return meter.stop(
                Duration.between(began, end.get()).toNanos() / 1e9,
                cpu - before,
                warmUp.cpuPerMillionRows(),
                warmUp.secondsPerMillionRows(),
                Usage.peakMegabytes(daemon.pid()));
    }
}
