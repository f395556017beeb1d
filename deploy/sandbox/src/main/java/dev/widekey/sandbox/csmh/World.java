package dev.widekey.sandbox.csmh;

import dev.widekey.sandbox.mysql.Server;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Two servers with the courseware schemas on them, and the names everybody agrees on. Immutable; connections are the caller's.
 *
 * @param source server of the old table
 * @param target server of the extended table
 * @param sourceSchema schema of the old table
 * @param targetSchema schema of the extended table
 * @param stateSchema schema of the daemon's state on the target, flags included
 * @param migration the migration's name in the flag table
 * @param settings the file in which the application looks for its flags; empty when it looks into the flag table
 */
public record World(
        Server source,
        Server target,
        String sourceSchema,
        String targetSchema,
        String stateSchema,
        String migration,
        Optional<SettingsFile> settings) {
    /** Name of the old table. */
    public static final String OLD_TABLE = "courseware_studentmodulehistory";

    /** Name of the extended table. */
    public static final String EXTENDED_TABLE = "coursewarehistoryextended_studentmodulehistoryextended";

    static final String APPLICATION = "edxapp";
    static final String APPLICATION_PASSWORD = "edxapp-change-me";
    private static final String APPLICATION_ACCOUNT =
            "CREATE USER IF NOT EXISTS '" + APPLICATION + "'@'%' IDENTIFIED BY '" + APPLICATION_PASSWORD + "'";

    /** The world with the names of a real installation; one per pair of servers. */
    public static World edx(Server source, Server target) {
        return new World(source, target, "edxapp", "edxapp_csmh", "widekey", "csmh", Optional.empty());
    }

    /** A world with names of its own, for tests that share servers. */
    public static World named(Server source, Server target, String suffix) {
        return new World(
                source,
                target,
                "edxapp_" + suffix,
                "edxapp_csmh_" + suffix,
                "widekey_" + suffix,
                "csmh",
                Optional.empty());
    }

    /** The same world with an application that looks into its settings for the flags. */
    public World withSettings(SettingsFile file) {
        return new World(source, target, sourceSchema, targetSchema, stateSchema, migration, Optional.of(file));
    }

    /** Creates both schemas, replacing what is there, and the application's account. Leaves no daemon state behind. */
    public void create() throws SQLException {
        source.execute(
                "DROP DATABASE IF EXISTS " + sourceSchema,
                "DROP DATABASE IF EXISTS " + stateSchema + "_back",
                "CREATE DATABASE " + sourceSchema + " DEFAULT CHARACTER SET utf8mb3",
                APPLICATION_ACCOUNT,
                "GRANT SELECT, INSERT, UPDATE, DELETE ON " + sourceSchema + ".* TO '" + APPLICATION + "'@'%'");
        SqlScript.resource("source.sql").runOn(source, sourceSchema);
        createTarget();
    }

    /** Gives the old table the times of the extended one, as later versions of the application do: rows can then go back as they are. */
    public void refineTimes() throws SQLException {
        source.execute("ALTER TABLE " + sourceSchema + "." + OLD_TABLE + " MODIFY created DATETIME(6) NOT NULL");
    }

    /** Creates the target's schema with an empty table, replacing what is there, and takes all state of the daemon away. */
    public void createTarget() throws SQLException {
        target.execute(
                "DROP DATABASE IF EXISTS " + targetSchema,
                "DROP DATABASE IF EXISTS " + stateSchema,
                "CREATE DATABASE " + targetSchema + " DEFAULT CHARACTER SET utf8mb3",
                APPLICATION_ACCOUNT,
                "GRANT SELECT, INSERT, UPDATE, DELETE ON " + targetSchema + ".* TO '" + APPLICATION + "'@'%'",
                "GRANT SELECT ON " + stateSchema + ".* TO '" + APPLICATION + "'@'%'",
                // The daemon makes the table; a privilege on one that is not there yet needs the first word.
                "GRANT CREATE, INSERT, UPDATE, DELETE ON " + stateSchema + ".instance TO '" + APPLICATION + "'@'%'");
        SqlScript.resource("target.sql").runOn(target, targetSchema);
    }

    /** Drops all three schemas. */
    public void drop() throws SQLException {
        source.execute("DROP DATABASE IF EXISTS " + sourceSchema, "DROP DATABASE IF EXISTS " + stateSchema + "_back");
        target.execute("DROP DATABASE IF EXISTS " + targetSchema, "DROP DATABASE IF EXISTS " + stateSchema);
    }

    /** Fills the old schema and tells the ledger every row. Returns when all is committed. */
    public void load(Generator generator, Ledger ledger) throws SQLException, InterruptedException {
        new HistoryLoader(this, generator, row -> row).load(ledger::loaded);
    }

    /** Fills the old schema, anomalies included, and tells the ledger every row. Returns when all is committed. */
    public void load(Generator generator, Anomalies anomalies, Ledger ledger)
            throws SQLException, InterruptedException {
        new HistoryLoader(this, generator, anomalies::touch).load(ledger::loaded);
        new AnomalyLoader(this).load(anomalies, ledger::loaded);
    }

    /** Fills the old schema and keeps no books. Returns when all is committed. */
    public void load(Generator generator) throws SQLException, InterruptedException {
        new HistoryLoader(this, generator, row -> row).load(row -> {});
    }

    /** The application's connection to the old schema, in auto-commit mode. */
    public Connection sourceConnection() throws SQLException {
        return connection(source, sourceSchema, Map.of());
    }

    /** The application's connection to the extended schema, in auto-commit mode. */
    public Connection targetConnection() throws SQLException {
        return connection(target, targetSchema, Map.of());
    }

    /** How the extended table is defined, indexes included; not the next id it hands out. */
    public String targetDefinition() throws SQLException {
        try (Connection connection = targetConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW CREATE TABLE " + EXTENDED_TABLE)) {
            row.next();
            return row.getString(2).replaceFirst(" AUTO_INCREMENT=\\d+", "");
        }
    }

    /** The flags as they are now. */
    public Flags flags() throws SQLException {
        if (settings.isPresent()) {
            return settings.get().flags();
        }
        try (Connection connection = targetConnection()) {
            return flags(connection);
        }
    }

    /** The flags as they are now, over a connection to the target. */
    Flags flags(Connection target) throws SQLException {
        return settings.isPresent() ? settings.get().flags() : Flags.read(target, stateSchema, migration);
    }

    /** Where an application that keeps the contract goes now, over a connection to the target. */
    Where where(Connection target) throws SQLException {
        return Where.read(target, stateSchema, migration);
    }

    static Connection connection(Server server, String schema, Map<String, String> properties) throws SQLException {
        Map<String, String> all = new HashMap<>(properties);
        all.put("zeroDateTimeBehavior", "CONVERT_TO_NULL");
        Connection connection = server.connect(APPLICATION, APPLICATION_PASSWORD, all);
        try {
            connection.setCatalog(schema);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }
}
