package dev.widekey.daemon.state;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * The tables of the state schema. Creating them is idempotent; a schema written by a daemon with another format is refused by name.
 */
public final class StateSchema {
    /** Version of the tables' format. */
    public static final int FORMAT = 2;

    private static final String KEY = "VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";

    private static final List<String> TABLES = List.of(
            "format (id TINYINT NOT NULL PRIMARY KEY, version INT NOT NULL)",
            "migration (id " + KEY
                    + " PRIMARY KEY, source VARCHAR(300) NOT NULL, target VARCHAR(300) NOT NULL, phase VARCHAR(32) NOT NULL,"
                    + " epoch BIGINT NOT NULL, gap_start BIGINT UNSIGNED NULL, halt VARCHAR(32) NULL, halt_message TEXT NULL,"
                    + " created_at DATETIME(6) NOT NULL, changed_at DATETIME(6) NOT NULL)",
            "phase_history (migration " + KEY
                    + ", seq BIGINT NOT NULL AUTO_INCREMENT, phase VARCHAR(32) NOT NULL, epoch BIGINT NOT NULL,"
                    + " at DATETIME(6) NOT NULL, detail VARCHAR(1000) NOT NULL, PRIMARY KEY (migration, seq), KEY (seq))",
            "owner (migration " + KEY + " PRIMARY KEY, epoch BIGINT NOT NULL)",
            // Apart from the owner: every target transaction reads that row, and a renewal must not wait for them.
            "lease (migration " + KEY
                    + " PRIMARY KEY, epoch BIGINT NOT NULL, holder VARCHAR(200) NOT NULL, renewed_at DATETIME(6) NOT NULL)",
            "chunk (migration " + KEY
                    + ", number BIGINT NOT NULL, above BIGINT NULL, up_to BIGINT NULL, copied BOOLEAN NOT NULL,"
                    + " copied_rows BIGINT NULL, copied_at DATETIME(6) NULL, PRIMARY KEY (migration, number), KEY (migration, copied, number))",
            "stream (migration " + KEY
                    + " PRIMARY KEY, position MEDIUMTEXT NOT NULL, delivered MEDIUMTEXT NOT NULL, applied_at DATETIME(6) NOT NULL)",
            "late_index (migration " + KEY
                    + ", name VARCHAR(64) COLLATE utf8mb4_bin NOT NULL, number INT NOT NULL, definition MEDIUMTEXT NOT NULL,"
                    + " PRIMARY KEY (migration, name))",
            "setting (migration " + KEY
                    + ", name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, value VARCHAR(64) NOT NULL,"
                    + " changed_by VARCHAR(200) NOT NULL, changed_at DATETIME(6) NOT NULL, PRIMARY KEY (migration, name))",
            "difference (migration " + KEY
                    + ", row_key BIGINT NOT NULL, kind VARCHAR(16) NOT NULL, columns TEXT NOT NULL, found_at DATETIME(6) NOT NULL,"
                    + " PRIMARY KEY (migration, row_key))",
            "repair (migration " + KEY
                    + ", seq BIGINT NOT NULL AUTO_INCREMENT, row_key BIGINT NOT NULL, asked_by VARCHAR(200) NOT NULL,"
                    + " asked_at DATETIME(6) NOT NULL, outcome VARCHAR(16) NULL, done_at DATETIME(6) NULL, epoch BIGINT NULL,"
                    + " PRIMARY KEY (migration, seq), KEY (seq), KEY (migration, outcome, row_key))",
            "quarantine (migration " + KEY
                    + ", row_key BIGINT NOT NULL, kind VARCHAR(32) NOT NULL, code INT NOT NULL, reason TEXT NOT NULL,"
                    + " fingerprint CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, first_seen DATETIME(6) NOT NULL,"
                    + " last_seen DATETIME(6) NOT NULL, times INT NOT NULL, PRIMARY KEY (migration, row_key))",
            "acceptance (migration " + KEY
                    + ", seq BIGINT NOT NULL AUTO_INCREMENT, row_key BIGINT NOT NULL,"
                    + " fingerprint CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, kind VARCHAR(32) NOT NULL, reason TEXT NOT NULL,"
                    + " accepted_by VARCHAR(200) NOT NULL, why TEXT NOT NULL, accepted_at DATETIME(6) NOT NULL,"
                    + " PRIMARY KEY (migration, seq), KEY (seq), KEY (migration, row_key, fingerprint))",
            "proven (migration " + KEY
                    + " PRIMARY KEY, up_to BIGINT NOT NULL, compared BIGINT NOT NULL, position MEDIUMTEXT NOT NULL,"
                    + " delivered MEDIUMTEXT NOT NULL, comparison VARCHAR(64) NOT NULL, epoch BIGINT NOT NULL, at DATETIME(6) NOT NULL)",
            "hook (migration " + KEY
                    + ", name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, seq BIGINT NOT NULL, number BIGINT NOT NULL,"
                    + " given_up BIGINT NOT NULL, told_at DATETIME(6) NOT NULL, PRIMARY KEY (migration, name))",
            "stray (migration " + KEY
                    + ", seq BIGINT NOT NULL AUTO_INCREMENT, row_key BIGINT NOT NULL, deleted BOOLEAN NOT NULL,"
                    + " noted_at DATETIME(6) NOT NULL, PRIMARY KEY (migration, seq), KEY (seq))",
            "nudge (migration " + KEY + " PRIMARY KEY, given_at DATETIME(6) NOT NULL)",
            "parity (migration " + KEY
                    + ", seq BIGINT NOT NULL AUTO_INCREMENT, scope VARCHAR(100) NOT NULL, verdict VARCHAR(32) NOT NULL,"
                    + " compared BIGINT NOT NULL, position MEDIUMTEXT NOT NULL, detail TEXT NOT NULL, epoch BIGINT NOT NULL, at DATETIME(6) NOT NULL,"
                    + " PRIMARY KEY (migration, seq), KEY (seq))");

    private final String schema;

    /** The state schema of that name. */
    public StateSchema(String schema) {
        this.schema = schema;
    }

    /** Creates what is missing. The schema itself must exist or the user must be allowed to create it. */
    public void create(Connection target) throws SQLException {
        try (Statement statement = target.createStatement()) {
            statement.execute("CREATE DATABASE IF NOT EXISTS " + quoted(schema));
            for (String table : TABLES) {
                statement.execute("CREATE TABLE IF NOT EXISTS " + quoted(schema) + "." + table
                        + " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 ROW_FORMAT=DYNAMIC");
            }
            statement.execute(
                    "INSERT INTO " + name("format") + " VALUES (1, " + FORMAT + ") ON DUPLICATE KEY UPDATE id = id");
        }
        Optional<String> other = otherFormat(target);
        if (other.isPresent()) {
            throw new HaltException(HaltException.Reason.FAILED, other.get() + "; run the daemon that wrote it");
        }
    }

    /** Why this daemon cannot read the tables that are there; empty when it can. */
    public Optional<String> otherFormat(Connection target) throws SQLException {
        try (Statement statement = target.createStatement();
                ResultSet row = statement.executeQuery("SELECT version FROM " + name("format"))) {
            row.next();
            int version = row.getInt(1);
            return version == FORMAT
                    ? Optional.empty()
                    : Optional.of("the state in schema " + schema + " has format " + version
                            + ", this daemon writes format " + FORMAT);
        }
    }

    /** A table's quoted, qualified name. */
    public String name(String table) {
        return quoted(schema) + "." + table;
    }

    /** The schema's raw name. */
    public String schema() {
        return schema;
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
