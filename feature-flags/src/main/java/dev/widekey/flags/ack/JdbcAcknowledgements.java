package dev.widekey.flags.ack;

import dev.widekey.flags.FlagPair;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/**
 * Instances in a MySQL table of the state schema, beside the flags. {@code docs/flags-contract.md} has the same statements for
 * clients in other languages. Thread-safe; each call takes its own connection and commits on its own.
 */
public final class JdbcAcknowledgements implements Acknowledgements {

    private final DataSource dataSource;
    private final String table;
    private final String migration;
    private final Sightings sightings;

    /**
     * @param schema the state schema, which exists
     * @param migration whose instances these are
     */
    public JdbcAcknowledgements(DataSource dataSource, String schema, String migration) {
        this(dataSource, schema, migration, System::nanoTime);
    }

    JdbcAcknowledgements(DataSource dataSource, String schema, String migration, LongSupplier nanoTime) {
        if (schema.isBlank() || schema.indexOf('`') >= 0 || schema.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("not a usable schema name: '" + schema + "'");
        }
        this.dataSource = dataSource;
        this.table = "`" + schema + "`.instance";
        this.migration = migration;
        this.sightings = new Sightings(nanoTime);
    }

    /** Creates the table in the state schema unless it exists. */
    public void createTable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS " + table + " (" + """
                    migration VARCHAR(64) NOT NULL,
                    name VARCHAR(128) NOT NULL,
                    write_version BIGINT NOT NULL CHECK (write_version >= 0),
                    read_version BIGINT NOT NULL CHECK (read_version >= 0),
                    lease_ms BIGINT NOT NULL CHECK (lease_ms > 0),
                    beat BIGINT NOT NULL,
                    heard_at DATETIME(6) NOT NULL,
                    PRIMARY KEY (migration, name)
                    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC
                    COMMENT='application instances and the flags they act on, format 1'""");
        }
    }

    @Override
    public void acknowledge(String instance, Versions acts, Duration lease) {
        Instance.requireName(instance);
        Instance.requireLease(lease);
        String upsert = "INSERT INTO " + table
                + " (migration, name, write_version, read_version, lease_ms, beat, heard_at)"
                + " VALUES (?, ?, ?, ?, ?, 1, UTC_TIMESTAMP(6)) AS now ON DUPLICATE KEY UPDATE"
                + " write_version = now.write_version, read_version = now.read_version, lease_ms = now.lease_ms,"
                + " beat = instance.beat + 1, heard_at = now.heard_at";
        run("the heartbeat of instance " + instance + " could not be stored", upsert, statement -> {
            statement.setString(1, migration);
            statement.setString(2, instance);
            statement.setLong(3, acts.write());
            statement.setLong(4, acts.read());
            statement.setLong(5, lease.toMillis());
            return statement.executeUpdate();
        });
    }

    @Override
    public void leave(String instance) {
        String delete = "DELETE FROM " + table + " WHERE migration = ? AND name = ?";
        run("instance " + instance + " could not be taken out", delete, statement -> {
            statement.setString(1, migration);
            statement.setString(2, instance);
            return statement.executeUpdate();
        });
    }

    @Override
    public Roll of(FlagPair pair) {
        return sightings.roll(pair, this::instances);
    }

    private List<Instance> instances() {
        String query = "SELECT name, write_version, read_version, lease_ms, beat,"
                + " TIMESTAMPDIFF(MICROSECOND, heard_at, UTC_TIMESTAMP(6)) FROM " + table
                + " WHERE migration = ? ORDER BY name";
        return run("the instances could not be read", query, statement -> {
            statement.setString(1, migration);
            List<Instance> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(new Instance(
                            rows.getString(1),
                            new Versions(rows.getLong(2), rows.getLong(3)),
                            Duration.ofMillis(rows.getLong(4)),
                            rows.getLong(5),
                            Duration.ofNanos(rows.getLong(6) * 1_000)));
                }
            }
            return found;
        });
    }

    @FunctionalInterface
    private interface Work<T> {
        T with(PreparedStatement statement) throws SQLException;
    }

    private <T> T run(String failed, String sql, Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            // One statement, committed when it is answered, and a look that sees what is committed now.
            connection.setAutoCommit(true);
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                return work.with(statement);
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        } catch (SQLException e) {
            throw new AcknowledgementException(failed, e);
        }
    }
}
