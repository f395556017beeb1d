package dev.widekey.sandbox.csmh;

import dev.widekey.sandbox.mysql.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A process of the application that is not simulated: {@code deploy/examples/HistoryClient.java}, which goes by the project's Java client. What it
 * says it has written is in the ledger. Start and stop are for one thread.
 */
public final class ClientProcess implements AutoCloseable {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final Pattern END = Pattern.compile("end\\twritten=(\\d+) reads=(\\d+) refused=(\\d+) wrong=(\\d+)");
    private static final int FIELDS = 5;
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final Thread listener;
    private final Ledger ledger;
    private final String targetSchema;
    private final long module;
    private volatile @Nullable Report report;

    /**
     * What it has done.
     *
     * @param written rows that were acknowledged
     * @param reads of all of them
     * @param refused tries that a fence refused
     * @param wrong rows that a read did not show once, as they were acknowledged
     */
    public record Report(long written, long reads, long refused, long wrong) {
        /** Nothing was heard. */
        static final Report NONE = new Report(0, 0, 0, 0);

        /** Whether it has worked, and nothing was wrong. */
        public boolean isRight() {
            return written > 0 && reads > 0 && wrong == 0;
        }
    }

    private ClientProcess(Process process, Ledger ledger, String targetSchema, long module) {
        this.targetSchema = targetSchema;
        this.process = process;
        this.ledger = ledger;
        this.module = module;
        this.listener = new Thread(this::listen, "sandbox-client");
        listener.setDaemon(true);
        listener.start();
    }

    /**
     * Starts it, with a module of its own.
     *
     * @param log what it complains about
     */
    public static ClientProcess start(World world, Ledger ledger, Path repository, Path log)
            throws IOException, SQLException {
        long module;
        try (Connection source = world.sourceConnection()) {
            source.setAutoCommit(false);
            module = HistorySql.insertModule(
                    source,
                    "i4x://edX/DemoX/problem/client",
                    LocalDateTime.now(ZoneOffset.UTC).withNano(0));
            source.commit();
        }
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                repository.resolve("daemon/target/widekey.jar").toString(),
                repository.resolve("deploy/examples/HistoryClient.java").toString(),
                url(world.source(), world.sourceSchema()),
                World.OLD_TABLE,
                url(world.target(), world.targetSchema()),
                World.EXTENDED_TABLE,
                url(world.target(), world.stateSchema()),
                world.migration(),
                World.APPLICATION,
                Long.toString(module)));
        builder.environment().put("PASSWORD", World.APPLICATION_PASSWORD);
        builder.redirectError(log.toFile());
        return new ClientProcess(builder.start(), ledger, world.targetSchema(), module);
    }

    private static String url(Server server, String schema) {
        return "jdbc:mysql://" + server.host() + ":" + server.port() + "/" + schema + "?sslMode=" + server.sslMode()
                + "&allowPublicKeyRetrieval=true&connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true";
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(line);
            }
        } catch (IOException gone) {
            // It was killed; what it has not said is found by the comparison.
            Thread.currentThread().interrupt();
        }
    }

    private void hear(String line) {
        Matcher end = END.matcher(line);
        if (end.matches()) {
            report = new Report(
                    Long.parseLong(end.group(1)),
                    Long.parseLong(end.group(2)),
                    Long.parseLong(end.group(3)),
                    Long.parseLong(end.group(4)));
            return;
        }
        String[] said = line.split("\t", -1);
        if (said.length != FIELDS) {
            // The libraries log to the same place.
            return;
        }
        Side side = said[1].equals(targetSchema) ? Side.EXTENDED : Side.OLD;
        HistoryRow row = HistoryRow.written(
                Long.parseLong(said[2]), module, LocalDateTime.parse(said[3], TIME), said[4], null, 0.0);
        if (said[0].equals("row")) {
            ledger.inserted(side, row);
        } else {
            ledger.unknown(side, row);
        }
    }

    /** Lets it finish what it is at, and returns what it has done. */
    public Report stop() throws InterruptedException {
        try (OutputStream input = process.getOutputStream()) {
            input.write('\n');
        } catch (IOException gone) {
            process.destroy();
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        listener.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        Report last = report;
        return last == null ? Report.NONE : last;
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            stop();
        }
    }
}
