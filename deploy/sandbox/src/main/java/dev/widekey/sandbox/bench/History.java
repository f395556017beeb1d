package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.Contender.FailedException;
import dev.widekey.sandbox.csmh.Generator;
import dev.widekey.sandbox.csmh.World;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The courseware history on the source, the same rows for every lap. Used by one thread. */
final class History {
    private static final long SEED = 1;

    private final Servers servers;
    private final int rows;
    private final long lastId;

    private History(Servers servers, Generator generator) {
        this.servers = servers;
        this.rows = generator.rows();
        this.lastId = generator.lastId();
    }

    /** Makes the rows. */
    static History build(Servers servers, int rows) throws IOException, SQLException, InterruptedException {
        Generator generator = new Generator(SEED, rows);
        servers.world().create();
        servers.createAccounts();
        servers.world().load(generator);
        History history = new History(servers, generator);
        // Statistics are the same for everybody, and the table is in memory as far as it fits.
        history.execute("ANALYZE TABLE " + World.OLD_TABLE);
        Fingerprint made = history.source();
        if (made.rows() != rows) {
            throw new FailedException("the source has " + made + " instead of " + rows + " rows");
        }
        return history;
    }

    int rows() {
        return rows;
    }

    /** Size of the table and of its indexes, in MB of 2^20 bytes. */
    String size() throws SQLException {
        try (Connection connection = servers.sourceConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT ROUND(DATA_LENGTH / 1048576), ROUND(INDEX_LENGTH / 1048576) FROM information_schema.TABLES"
                                + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '" + World.OLD_TABLE + "'")) {
            row.next();
            return row.getString(1) + " MB of rows, " + row.getString(2) + " MB of secondary indexes";
        }
    }

    /**
     * Compares the target with the source.
     *
     * @throws FailedException when they are not equal
     */
    void check(String who, String table) throws SQLException {
        Fingerprint source = source();
        Fingerprint target;
        try (Connection connection = servers.targetConnection()) {
            target = Fingerprint.ofHistory(connection, table);
        }
        if (!source.equals(target)) {
            throw new FailedException(who + " left " + target + " on the target, the source has " + source);
        }
    }

    /** Takes away what an application added. What it changed stays; that costs nobody anything. */
    void restore() throws SQLException {
        execute("DELETE FROM " + World.OLD_TABLE + " WHERE id > " + lastId);
    }

    private Fingerprint source() throws SQLException {
        try (Connection connection = servers.sourceConnection()) {
            return Fingerprint.ofHistory(connection, World.OLD_TABLE);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = servers.sourceConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
