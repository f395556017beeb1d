package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The servers alone: each half of the keys is written to a file by the source and read from it by the target, both halves at once. No row passes through
 * a client. Nothing that goes through one is expected to be faster with the same indexes in place.
 */
final class FloorCopy implements Contender {
    private static final String COLUMNS = "id, student_module_id, version, created, state, grade, max_grade";

    @Override
    public String name() {
        return "floor";
    }

    @Override
    public String version() {
        return "SELECT INTO OUTFILE and LOAD DATA INFILE";
    }

    @Override
    public Lap copy(Servers servers) throws IOException, SQLException, InterruptedException {
        long last;
        try (Connection connection = servers.sourceConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COALESCE(MAX(id), 0) FROM " + World.OLD_TABLE)) {
            row.next();
            last = row.getLong(1);
        }
        List<Callable<Path>> halves = List.of(() -> half(servers, 0, last / 2), () -> half(servers, last / 2, last));
        ExecutorService pool = Executors.newFixedThreadPool(halves.size());
        List<Path> files = new ArrayList<>();
        try {
            Meter meter = Meter.start(servers);
            for (Future<Path> half : pool.invokeAll(halves)) {
                files.add(half.get());
            }
            return meter.stop();
        } catch (ExecutionException e) {
            throw new SQLException("the floor cannot be measured", e.getCause());
        } finally {
            pool.shutdownNow();
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    private static Path half(Servers servers, long above, long upTo) throws SQLException {
        Path file = servers.files().resolve("floor-" + above);
        try (Connection source = servers.sourceConnection();
                Statement write = source.createStatement();
                Connection target = servers.targetConnection();
                Statement read = target.createStatement()) {
            write.execute("SELECT " + COLUMNS + " FROM " + World.OLD_TABLE + " WHERE id > " + above + " AND id <= "
                    + upTo + " INTO OUTFILE '" + file + "'");
            read.execute("LOAD DATA INFILE '" + file + "' INTO TABLE " + World.EXTENDED_TABLE
                    + " CHARACTER SET binary (" + COLUMNS + ")");
        }
        return file;
    }
}
