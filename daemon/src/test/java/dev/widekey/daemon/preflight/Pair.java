package dev.widekey.daemon.preflight;

import dev.widekey.sandbox.mysql.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;

/**
 * A source and a target as the repository's grants expect them, used by the account those grants create.
 */
record Pair(Server source, Server target) {

    static final String USER = "widekey";
    static final String PASSWORD = "change-me";
    static final String HISTORY = "edxapp.courseware_studentmodulehistory";
    static final String EXTENDED = "edxapp_csmh.coursewarehistoryextended_studentmodulehistoryextended";

    private static final String MODULES = "CREATE TABLE edxapp.courseware_studentmodule (id INT NOT NULL PRIMARY KEY)";

    private static final String OLD = """
            CREATE TABLE edxapp.courseware_studentmodulehistory (
              `id` int(11) NOT NULL AUTO_INCREMENT,
              `student_module_id` int(11) NOT NULL,
              `version` varchar(255) DEFAULT NULL,
              `created` datetime NOT NULL,
              `state` longtext,
              `grade` double DEFAULT NULL,
              `max_grade` double DEFAULT NULL,
              PRIMARY KEY (`id`),
              KEY `by_module` (`student_module_id`),
              KEY `by_created` (`created`),
              CONSTRAINT `module` FOREIGN KEY (`student_module_id`) REFERENCES edxapp.courseware_studentmodule (`id`)
            ) ENGINE=InnoDB DEFAULT CHARSET=utf8
            """;

    private static final String NEW = """
            CREATE TABLE edxapp_csmh.coursewarehistoryextended_studentmodulehistoryextended (
              `version` varchar(255) DEFAULT NULL,
              `created` datetime(6) NOT NULL,
              `state` longtext,
              `grade` double DEFAULT NULL,
              `max_grade` double DEFAULT NULL,
              `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
              `student_module_id` bigint(20) unsigned NOT NULL,
              PRIMARY KEY (`id`),
              KEY `by_module` (`student_module_id`)
            ) ENGINE=InnoDB DEFAULT CHARSET=utf8
            """;

    /** Makes both sides as they are before a migration. */
    void create() throws SQLException {
        drop();
        source.execute("CREATE DATABASE edxapp", MODULES, OLD);
        source.execute(
                "INSERT INTO edxapp.courseware_studentmodule VALUES (1), (2)",
                "INSERT INTO " + HISTORY
                        + " (student_module_id, created, state) VALUES (1, '2016-03-01', '{}'), (2, '2016-03-02', '{}')");
        target.execute("CREATE DATABASE edxapp_csmh", NEW);
        source.execute(statements("source"));
        target.execute(statements("target"));
    }

    void drop() throws SQLException {
        for (Server server : List.of(source, target)) {
            server.execute(
                    "DROP DATABASE IF EXISTS edxapp",
                    "DROP DATABASE IF EXISTS edxapp_csmh",
                    "DROP DATABASE IF EXISTS widekey",
                    "DROP USER IF EXISTS 'widekey'@'%'");
        }
    }

    Side sourceSide() {
        return side("source", source, HISTORY);
    }

    Side targetSide() {
        return side("target", target, EXTENDED);
    }

    /** One side, reached as the daemon's account. */
    static Side side(String role, Server server, String table) {
        int dot = table.indexOf('.');
        return new Side(
                role,
                server.host() + ":" + server.port(),
                () -> server.connect(USER, PASSWORD),
                table.substring(0, dot),
                table.substring(dot + 1));
    }

    List<Problem> problems() {
        return new Preflight("csmh", sourceSide(), targetSide(), "widekey").run();
    }

    /** Everything both servers have ever committed. */
    String committed() throws SQLException {
        StringBuilder sets = new StringBuilder();
        for (Server server : List.of(source, target)) {
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT @@server_uuid, @@global.gtid_executed")) {
                row.next();
                sets.append(row.getString(1))
                        .append(' ')
                        .append(row.getString(2))
                        .append('\n');
            }
        }
        return sets.toString();
    }

    /** The statements of deploy/grants, found from the module's folder or from the root. */
    static String[] statements(String side) {
        Path inModule = Path.of("..", "deploy", "grants", side + ".sql");
        Path file = Files.exists(inModule) ? inModule : Path.of("deploy", "grants", side + ".sql");
        try {
            return Arrays.stream(
                            Files.readString(file).replaceAll("(?m)^--.*$", "").split(";"))
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toArray(String[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
