package dev.widekey.daemon.database;

import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.jdbc.JdbcConnection;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;

/**
 * One of the two servers: a pool of connections whose session is pinned, so that neither the server's defaults nor the machine's time zone decide
 * what a value looks like.
 *
 * <p>Opens nothing before the first connection is asked for. Sessions: UTC, strict, ids and zero dates taken as they are, READ COMMITTED, no limits on time or rows of a statement, results in the bytes
 * they are stored as. Thread-safe.
 */
public final class Database implements AutoCloseable {
    private static final String SESSION = "time_zone='+00:00',"
            + "sql_mode='STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',"
            + "transaction_isolation='READ-COMMITTED',"
            + "max_execution_time=0,sql_select_limit=18446744073709551615,"
            + "lock_wait_timeout=30,innodb_lock_wait_timeout=20,"
            + "net_write_timeout=600,net_read_timeout=600,"
            + "information_schema_stats_expiry=0,"
            + "character_set_results=NULL";

    /** The session variable that lets the daemon's own connections through its fences; it holds the migration's id. */
    public static final String TICKET = "@widekey_ticket";

    /** The largest packet a server can be told to take, in bytes. */
    private static final int LARGEST_PACKET = 1 << 30;

    /** The server's word for a connection that has ended already. */
    private static final int NO_SUCH_THREAD = 1094;

    private final String role;
    private final Endpoint endpoint;
    private final Owner owner;
    private final DataSource pool;
    private final Opening direct;
    private final Runnable evicting;
    private final Runnable closing;

    private Database(
            String role,
            Endpoint.Protocol protocol,
            Endpoint endpoint,
            Owner owner,
            int connections,
            MeterRegistry metrics) {
        this(role, protocol, "", endpoint, owner, connections, metrics);
    }

    private Database(
            String role,
            Endpoint.Protocol protocol,
            String more,
            Endpoint endpoint,
            Owner owner,
            int connections,
            MeterRegistry metrics) {
        this.role = role;
        this.endpoint = endpoint;
        this.owner = owner;
        String attributes = owner.attributes();
        HikariConfig config = new HikariConfig();
        config.setPoolName(role);
        String session = SESSION + "," + TICKET + "='" + owner.migration() + "'" + more;
        this.direct = () -> open(endpoint.url(), endpoint.properties(session, attributes, protocol), protocol);
        config.setDataSource(new Openings(direct));
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(Duration.ofSeconds(15).toMillis());
        config.setInitializationFailTimeout(-1);
        config.setMetricRegistry(metrics);
        config.setExceptionOverride(new LostConnections());
        HikariDataSource connectionPool = new HikariDataSource(config);
        this.pool = connectionPool;
        this.evicting = () -> connectionPool.getHikariPoolMXBean().softEvictConnections();
        this.closing = connectionPool::close;
    }

    /**
     * A database whose connections somebody else makes. A port, so that a simulation can stand in for the server.
     *
     * @param direct opens a connection outside the pool
     */
    public Database(String role, Endpoint endpoint, Owner owner, DataSource pool, Opening direct) {
        this.role = role;
        this.endpoint = endpoint;
        this.owner = owner;
        this.pool = pool;
        this.direct = direct;
        this.evicting = () -> {};
        this.closing = () -> {};
    }

    /**
     * Rows are read whatever their size: the driver refuses an answer that is larger than what the server takes by now, although the server sends
     * it, and a row may be from before the server's limit was lowered.
     */
    private static Connection open(String url, Properties properties, Endpoint.Protocol protocol) throws SQLException {
        Connection connection = DriverManager.getConnection(url, properties);
        if (protocol == Endpoint.Protocol.TEXT) {
            connection
                    .unwrap(JdbcConnection.class)
                    .getPropertySet()
                    .getIntegerProperty(PropertyKey.maxAllowedPacket)
                    .setValue(LARGEST_PACKET);
        }
        return connection;
    }

    /** Opens a connection. */
    public interface Opening {
        /** A new connection, in auto-commit mode. */
        Connection open() throws SQLException;
    }

    /** The server rows are read from. */
    public static Database source(Endpoint endpoint, Owner owner, int connections, MeterRegistry metrics) {
        return new Database("source", Endpoint.Protocol.TEXT, endpoint, owner, connections, metrics);
    }

    /** The server rows are written to. */
    public static Database target(Endpoint endpoint, Owner owner, int connections, MeterRegistry metrics) {
        return new Database("target", Endpoint.Protocol.BINARY, endpoint, owner, connections, metrics);
    }

    /** The target, when rows are read from it on the way back. */
    public static Database targetRead(Endpoint endpoint, Owner owner, int connections, MeterRegistry metrics) {
        return new Database("target-read", Endpoint.Protocol.TEXT, endpoint, owner, connections, metrics);
    }

    /**
     * The source, when rows are written to it on the way back. They come in the order of the target's log, so the parent of a row may be gone that is deleted
     * further on: foreign keys are not checked, and in the end the source has what the target has.
     */
    public static Database sourceWritten(Endpoint endpoint, Owner owner, int connections, MeterRegistry metrics) {
        return new Database(
                "source-written",
                Endpoint.Protocol.BINARY,
                ",foreign_key_checks=0",
                endpoint,
                owner,
                connections,
                metrics);
    }

    /** The server the application keeps its flags on. */
    public static Database application(Endpoint endpoint, Owner owner, int connections, MeterRegistry metrics) {
        return new Database("application", Endpoint.Protocol.BINARY, endpoint, owner, connections, metrics);
    }

    /** Who a connection belongs to, written into its attributes on the server. */
    public record Owner(String migration, String instance) {

        /** Name of the attribute that holds the migration. */
        public static final String MIGRATION = "widekey_migration";

        /** Name of the attribute that holds the process. */
        public static final String INSTANCE = "widekey_instance";

        String attributes() {
            return MIGRATION + ":" + migration + "," + INSTANCE + ":" + instance;
        }
    }

    /** Pooled connections, in auto-commit mode. */
    public DataSource pool() {
        return pool;
    }

    /** Lets no pooled connection of now be used again once it is given back: the address leads to another server. */
    public void evict() {
        evicting.run();
    }

    /** A connection outside the pool, for work that must not wait for the pool or that holds a session lock. */
    public Connection connect() throws SQLException {
        return direct.open();
    }

    /**
     * Ends one of this process's own connections on the server, so that nothing it still has to do can happen later. A number that belongs to somebody
     * else by now, since the server was restarted, is left alone.
     */
    public void end(Connection fresh, long connectionId) throws SQLException {
        String own = "SELECT 1 FROM performance_schema.session_account_connect_attrs"
                + " WHERE processlist_id = ? AND attr_name = ? AND attr_value = ?";
        try (PreparedStatement query = fresh.prepareStatement(own)) {
            query.setLong(1, connectionId);
            query.setString(2, Owner.INSTANCE);
            query.setString(3, owner.instance());
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return;
                }
            }
        }
        try (Statement kill = fresh.createStatement()) {
            kill.execute("KILL " + connectionId);
        } catch (SQLException gone) {
            if (gone.getErrorCode() != NO_SUCH_THREAD) {
                throw gone;
            }
        }
    }

    /** {@code source} or {@code target}, and for what when that is not as usual. */
    public String role() {
        return role;
    }

    /** How it is reached. */
    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        closing.run();
    }

    @Override
    public String toString() {
        return role + " " + endpoint;
    }
}
