package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedConfig.Tls;
import dev.widekey.cdc.Position;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.TestSchema;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TlsIT {

    private static MySqlServer server;

    @BeforeAll
    static void start() {
        server = MySqlServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"DISABLED", "REQUIRED", "VERIFY_CA"})
    void changes_arrive_in_each_mode(Tls tls, @TempDir Path folder) throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY)");
            FeedConfig plain = Feeds.config(server, schema.name(), "t", "id");
            FeedConfig config = tls == Tls.VERIFY_CA
                    ? with(plain, tls, Optional.of(truststore(ofServer(), folder)))
                    : with(plain, tls, Optional.empty());
            Position start = Feeds.start(server, plain);
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                schema.execute("INSERT INTO t VALUES (1)");
                receiver.awaitThat("the row", () -> receiver.changes().size() == 1);
            }
        }
    }

    @Test
    void a_server_with_an_unknown_certificate_is_not_read(@TempDir Path folder) throws Exception {
        try (TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY)");
            FeedConfig plain = Feeds.config(server, schema.name(), "t", "id");
            FeedConfig config = with(plain, Tls.VERIFY_CA, Optional.of(truststore(ofStranger(), folder)));
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(Feeds.start(server, plain), receiver);
                receiver.awaitThat("attempts", () -> feed.status().restarts() > 1);
                assertThat(feed.status().connected()).isFalse();
                assertThat(receiver.batches()).isEmpty();
            }
        }
    }

    private static Certificate ofServer() throws Exception {
        try (InputStream pem = Files.newInputStream(server.data().resolve("ca.pem"))) {
            return CertificateFactory.getInstance("X.509").generateCertificate(pem);
        }
    }

    /** Any authority this Java runtime knows; none of them has signed the server's certificate. */
    private static Certificate ofStranger() throws Exception {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()[0];
    }

    private static Path truststore(Certificate trusted, Path folder) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", trusted);
        Path file = folder.resolve("trust.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
        return file;
    }

    private static FeedConfig with(FeedConfig c, Tls tls, Optional<Path> truststore) {
        return new FeedConfig(
                c.name(),
                c.host(),
                c.port(),
                c.user(),
                c.password(),
                tls,
                truststore,
                c.serverId(),
                c.schema(),
                c.table(),
                c.keyColumn(),
                c.columns(),
                c.keepAlive());
    }
}
