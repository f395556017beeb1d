package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.World;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/** What is kept of a round that failed: the daemon's state in print, and the source's log. Stateless. */
final class StateDump {
    private static final List<String> QUERIES = List.of(
            "SELECT * FROM %s.migration",
            "SELECT * FROM %s.owner",
            "SELECT * FROM %s.lease",
            "SELECT * FROM %s.phase_history ORDER BY seq DESC LIMIT 20",
            "SELECT COUNT(*), SUM(copied), MAX(up_to) FROM %s.chunk",
            "SELECT * FROM %s.stream",
            "SELECT scope, verdict, compared, LEFT(detail, 500), epoch, at FROM %s.parity ORDER BY seq DESC LIMIT 10",
            "SELECT name, enabled, version, owner, changed_at FROM %s.flag_history ORDER BY seq");

    private StateDump() {}

    /** Copies the source's log beside the round's own, so that what happened to a row can be read there. */
    static void keepBinlogs(Arena arena) throws IOException {
        try (Stream<Path> files = Files.list(arena.source().data())) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith("binlog."))
                    .toList()) {
                Files.copy(file, arena.folder().resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    static void print(Arena arena, PrintStream out) {
        World world = arena.world();
        for (String query : QUERIES) {
            String sql = query.formatted(world.stateSchema());
            out.println("state | " + sql);
            try (Connection connection = world.target().connect();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                int columns = rows.getMetaData().getColumnCount();
                while (rows.next()) {
                    StringBuilder line = new StringBuilder("state |  ");
                    for (int i = 1; i <= columns; i++) {
                        line.append(' ').append(rows.getString(i));
                    }
                    out.println(line);
                }
            } catch (SQLException unreadable) {
                out.println("state |   " + unreadable.getMessage());
            }
        }
    }
}
