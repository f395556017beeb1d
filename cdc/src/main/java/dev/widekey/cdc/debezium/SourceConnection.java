package dev.widekey.cdc.debezium;

import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedConfig.Tls;
import dev.widekey.cdc.FeedHalt.Reason;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * Opens short-lived connections to the source for checks, with every wait bounded. Stateless.
 */
final class SourceConnection {

    /** Wrong password, missing privilege, unknown account, expired password, locked account. */
    private static final Set<Integer> REFUSALS =
            Set.of(1044, 1045, 1142, 1143, 1227, 1370, 1698, 1820, 1862, 3118, 3159, 3878, 3955);

    private static final String SOCKET_TIMEOUT_MILLIS = "30000";

    private SourceConnection() {}

    static Connection open(FeedConfig config) throws SQLException {
        Properties p = new Properties();
        p.setProperty("user", config.user());
        p.setProperty("password", config.password());
        p.setProperty("sslMode", config.tls().name());
        p.setProperty("connectTimeout", Long.toString(EngineSettings.CONNECT_TIMEOUT.toMillis()));
        p.setProperty("socketTimeout", SOCKET_TIMEOUT_MILLIS);
        if (config.tls() == Tls.DISABLED) {
            p.setProperty("allowPublicKeyRetrieval", "true");
        }
        config.truststore().ifPresent(file -> {
            p.setProperty("trustCertificateKeyStoreUrl", file.toUri().toString());
            p.setProperty("trustCertificateKeyStoreType", "PKCS12");
            p.setProperty("trustCertificateKeyStorePassword", EngineSettings.TRUSTSTORE_PASSWORD);
        });
        String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
        return DriverManager.getConnection("jdbc:mysql://" + host + ":" + config.port() + "/", p);
    }

    /** The halt for an error that trying again does not cure; empty for all others. */
    static Optional<HaltException> refusal(FeedConfig config, Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException e
                    && (REFUSALS.contains(e.getErrorCode())
                            || (e.getSQLState() != null && e.getSQLState().startsWith("28")))) {
                return Optional.of(new HaltException(
                        Reason.REFUSED,
                        "The source refuses " + config.user() + ": " + e.getMessage()
                                + ". Check the password and the grants REPLICATION SLAVE, REPLICATION CLIENT on *.* and"
                                + " SELECT on " + config.schema() + "." + config.table() + "."));
            }
        }
        return Optional.empty();
    }

    static String text(Connection source, String sql) throws SQLException {
        try (Statement statement = source.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            String value = row.next() ? row.getString(1) : null;
            return value == null ? "" : value;
        }
    }
}
