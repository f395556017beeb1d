package dev.widekey.daemon.pilot;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.RowBatch;
import dev.widekey.backfill.Window;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.table.SecondaryIndex;
import dev.widekey.daemon.table.TargetTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table a pilot copies its sample into: made like the target's, in the state schema, under a name that belongs to the migration's pilots. It is the only
 * table that is ever dropped here. What a killed pilot has left is dropped by the next one; a pilot that runs holds a lock, so it is not.
 *
 * <p>{@link #open} for any thread; the rest for one.
 */
public final class ScratchTable implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ScratchTable.class);

    private static final String PREFIX = "pilot_";
    private static final int LOCK_SECONDS = 5;

    /** The server's memory for sorting, as the daemon asks for it; older servers do not know the setting. */
    private static final String MEMORY = "/*!80027 SET SESSION innodb_ddl_buffer_size = 134217728 */";

    private final Database target;
    private final Connection lock;
    private final AtomicLong refused = new AtomicLong();
    private final String schema;
    private final String table;
    private final String like;

    private ScratchTable(Database target, Connection lock, String schema, String table, String like) {
        this.target = target;
        this.lock = lock;
        this.schema = schema;
        this.table = table;
        this.like = like;
    }

    /** What the pilots of a migration call it. */
    public static String nameFor(String migration) {
        return PREFIX + migration;
    }

    /**
     * Makes it, empty, with every column, key and index of the target's table.
     *
     * @param schema the state schema, which is made when it is missing
     * @return empty when another pilot of the migration runs
     */
    public static Optional<ScratchTable> create(
            Database target, String schema, String migration, String targetSchema, String targetTable)
            throws SQLException {
        Connection lock = target.connect();
        try {
            if (!isTaken(lock, "widekey_" + PREFIX + migration)) {
                lock.close();
                return Optional.empty();
            }
            ScratchTable scratch = new ScratchTable(
                    target, lock, schema, nameFor(migration), quoted(targetSchema) + "." + quoted(targetTable));
            scratch.execute("CREATE DATABASE IF NOT EXISTS " + quoted(schema));
            scratch.renew();
            return Optional.of(scratch);
        } catch (SQLException | RuntimeException failure) {
            lock.close();
            throw failure;
        }
    }

    private static boolean isTaken(Connection session, String name) throws SQLException {
        try (PreparedStatement query = session.prepareStatement("SELECT GET_LOCK(?, " + LOCK_SECONDS + ")")) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getInt(1) == 1;
            }
        }
    }

    /** Drops what is there and makes it anew. */
    public void renew() throws SQLException {
        execute("DROP TABLE IF EXISTS " + name());
        execute("CREATE TABLE " + name() + " LIKE " + like);
    }

    /** Its raw name. */
    public String table() {
        return table;
    }

    /** Drops indexes, which are the target's own and are there under the same names. */
    public void drop(List<SecondaryIndex> indexes) throws SQLException {
        if (!indexes.isEmpty()) {
            execute("ALTER TABLE " + name() + " "
                    + indexes.stream()
                            .map(index -> "DROP KEY " + index.quotedName())
                            .collect(Collectors.joining(", ")));
        }
    }

    /** Builds them again in one pass, as the daemon does, and returns how long that took. */
    public Duration build(List<SecondaryIndex> indexes) throws SQLException {
        if (indexes.isEmpty()) {
            return Duration.ZERO;
        }
        try (Connection connection = target.connect();
                Statement statement = connection.createStatement()) {
            // The server is silent until it is done.
            connection.setNetworkTimeout(Runnable::run, 0);
            statement.execute(MEMORY);
            long begun = System.nanoTime();
            statement.execute("ALTER TABLE " + name() + " "
                    + indexes.stream().map(index -> "ADD " + index.definition()).collect(Collectors.joining(", "))
                    + ", ALGORITHM=INPLACE");
            return Duration.ofNanos(System.nanoTime() - begun);
        }
    }

    /** How large it is, by statistics that are made now; they are in no binlog. */
    public TableSize size() throws SQLException {
        try (Connection connection = target.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ANALYZE NO_WRITE_TO_BINLOG TABLE " + name());
            return TableSize.read(connection, schema, table);
        }
    }

    /**
     * A chunk's way into it: one transaction, like in the copy. Without a stream there is nothing to wait for, to mark or to record.
     *
     * @param into this table, with the projection that is copied
     */
    public Window open(Chunk chunk, TargetTable into) {
        return new ScratchWindow(target, into, refused);
    }

    /** How many rows the target has refused. */
    public long refused() {
        return refused.get();
    }

    @Override
    public void close() throws SQLException {
        try (lock) {
            execute("DROP TABLE IF EXISTS " + name());
        }
    }

    private void execute(String sql) throws SQLException {
        // A connection of its own: one that only holds a lock may be gone by the time it is needed.
        try (Connection connection = target.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String name() {
        return quoted(schema) + "." + quoted(table);
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private static final class ScratchWindow implements Window {
        private final Database target;
        private final TargetTable into;
        private final AtomicLong refused;
        private @Nullable Connection transaction;

        ScratchWindow(Database target, TargetTable into, AtomicLong refused) {
            this.refused = refused;
            this.target = target;
            this.into = into;
        }

        @Override
        public void awaitVisible(Connection source) {}

        @Override
        public void insert(RowBatch batch) throws SQLException {
            into.insertAbsent(transaction(), batch, (key, why) -> {
                log.info("the target refuses the row with key {}: {}", key, why.getErrorCode());
                refused.incrementAndGet();
            });
        }

        @Override
        public void commit() throws SQLException {
            Connection open = transaction();
            open.commit();
            open.setAutoCommit(true);
            open.close();
            transaction = null;
        }

        @Override
        public void close() {
            Connection open = transaction;
            if (open == null) {
                return;
            }
            transaction = null;
            try (open) {
                open.rollback();
                open.setAutoCommit(true);
            } catch (SQLException broken) {
                // The pool throws a broken connection away, and with it the server rolls back.
                log.debug("giving a connection back: {}", broken.getMessage());
            }
        }

        private Connection transaction() throws SQLException {
            Connection open = transaction;
            if (open == null) {
                open = target.pool().getConnection();
                transaction = open;
                open.setAutoCommit(false);
            }
            return open;
        }
    }
}
