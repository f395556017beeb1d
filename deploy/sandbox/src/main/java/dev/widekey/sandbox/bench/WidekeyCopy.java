package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.Contender.FailedException;
import dev.widekey.sandbox.csmh.World;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
        String defined = definition(servers);
        try (DaemonRun daemon = DaemonRun.start(servers, config)) {
            Lap lap;
            try (LiveWriter writer = LiveWriter.start(servers, WRITES_PER_SECOND)) {
                daemon.await("BACKFILL", LIMIT);
                lap = measure(servers, daemon);
                writer.check();
            }
            daemon.await("READY", LIMIT);
            daemon.stop();
            if (!definition(servers).equals(defined)) {
                throw new FailedException("the target's table is no longer what it was: " + definition(servers));
            }
            return lap;
        }
    }

    private static String definition(Servers servers) throws SQLException {
        try (Connection connection = servers.targetConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW CREATE TABLE " + World.EXTENDED_TABLE)) {
            row.next();
            return row.getString(2).replaceFirst(" AUTO_INCREMENT=\\d+", "");
        }
    }

    /** Measures from now, with the copy just begun, to the phase that follows it. */
    static Lap measure(Servers servers, DaemonRun daemon) throws IOException, SQLException, InterruptedException {
        Meter meter = Meter.start(servers);
        double before = Usage.cpuSeconds(daemon.pid());
        WarmUp warmUp = new WarmUp();
        Optional<LocalDateTime> end = daemon.entered("CATCH_UP");
        while (end.isEmpty()) {
            warmUp.look(daemon.copiedRows(), Usage.cpuSeconds(daemon.pid()));
            daemon.pause();
            end = daemon.entered("CATCH_UP");
        }
        LocalDateTime began = daemon.await("BACKFILL", LIMIT);
        double cpu = Usage.cpuSeconds(daemon.pid());
        warmUp.look(daemon.copiedRows(), cpu);
        return meter.stop(
                Duration.between(began, end.get()).toNanos() / 1e9,
                cpu - before,
                warmUp.cpuPerMillionRows(),
                Usage.peakMegabytes(daemon.pid()));
    }
}
