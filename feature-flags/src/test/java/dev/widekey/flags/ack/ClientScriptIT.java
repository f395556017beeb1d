package dev.widekey.flags.ack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagPair;
import dev.widekey.flags.JdbcFlagStore;
import dev.widekey.flags.RepositoryPage;
import dev.widekey.flags.Routing;
import dev.widekey.flags.WriteGuard;
import dev.widekey.flags.client.SchemaSource;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract for clients that are not Java, kept by {@code deploy/examples/client} on real servers. */
class ClientScriptIT {

    @Test
    void aScriptThatKeepsTheContractIsRefusedAndWritesOnTheOtherSide(@TempDir Path folder) throws Exception {
        assumeTrue(
                TestServers.target() instanceof MySqlServer, "the client comes with the server that is started here");
        try (TestSchema source = TestSchema.on(TestServers.source(), "script");
                TestSchema target = TestSchema.on(TestServers.target(), "script")) {
            for (TestSchema schema : List.of(source, target)) {
                schema.execute(
                        "CREATE TABLE history (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, text VARCHAR(100))");
            }
            fence(target);
            SchemaSource pool = new SchemaSource(target);
            JdbcFlagStore store = new JdbcFlagStore(pool, target.name(), "m", WriteGuard.NONE);
            JdbcAcknowledgements acks = new JdbcAcknowledgements(pool, target.name(), "m");
            try (Connection connection = target.connect()) {
                store.createTables(connection);
                acks.createTable(connection);
            }
            Routing routing = new Routing(store, FlagName.of("w", true), FlagName.of("r", false));
            routing.initialise("test", "begin");

            Path output = folder.resolve("output");
            Process script = start(folder, source, target, output);
            try (BufferedWriter input = script.outputWriter()) {
                line(input, "it's a \"quoted\" Ω");
                awaitOutput(output, "source");
                awaitAcknowledged(acks, routing.pair());

                fence(source);
                line(input, "refused");
                awaitOutput(output, "source", "refused by the source");
                assertThat(source.value("SELECT COUNT(*) FROM history")).contains("1");
                routing.moveWrites("test", "move");
                routing.moveReads("test", "move");
                awaitAcknowledged(acks, routing.pair());
                target.execute("DROP TRIGGER fence");
                Awaitility.await().until(() -> lines(output).contains("target"));

                assertThat(source.value("SELECT text FROM history")).contains("it's a \"quoted\" Ω");
                assertThat(target.value("SELECT text FROM history")).contains("refused");
            }
            assertThat(script.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(script.exitValue()).as(Files.readString(output)).isZero();
            assertThat(acks.of(routing.pair()).outcome()).isEqualTo(Roll.Outcome.NOBODY);
        }
    }

    private static void fence(TestSchema schema) throws Exception {
        schema.execute("CREATE TRIGGER fence BEFORE INSERT ON history FOR EACH ROW"
                + " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'widekey: history is closed on this side'");
    }

    private static Process start(Path folder, TestSchema source, TestSchema target, Path output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        RepositoryPage.path("deploy/examples/client").toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment()
                .put(
                        "MYSQL",
                        ((MySqlServer) target.server())
                                .programs()
                                .resolve("mysql")
                                .toString());
        builder.environment().put("MIGRATION", "m");
        builder.environment().put("WRITE_FLAG", "w");
        builder.environment().put("READ_FLAG", "r");
        builder.environment().put("SOURCE", options(folder, source));
        builder.environment().put("TARGET", options(folder, target));
        builder.environment().put("STATE_SCHEMA", target.name());
        builder.environment().put("TABLE", "history");
        builder.environment().put("COLUMN", "text");
        builder.environment().put("NAME", "script");
        return builder.start();
    }

    private static String options(Path folder, TestSchema schema) throws IOException {
        Path file = folder.resolve(schema.name() + ".cnf");
        Files.writeString(file, """
                [client]
                host=%s
                port=%d
                user=%s
                password="%s"
                database=%s
                default-character-set=utf8mb4
                """.formatted(
                        schema.server().host(),
                        schema.server().port(),
                        schema.server().user(),
                        schema.server().password(),
                        schema.name()));
        return file.toString();
    }

    private static void line(BufferedWriter input, String text) throws IOException {
        input.write(text);
        input.newLine();
        input.flush();
    }

    private static List<String> lines(Path output) throws IOException {
        return Files.readAllLines(output, StandardCharsets.UTF_8);
    }

    private static void awaitOutput(Path output, String... expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(lines(output)).startsWith(expected));
    }

    private static void awaitAcknowledged(Acknowledgements acks, FlagPair pair) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(acks.of(pair).acknowledged())
                        .extracting(Instance::name)
                        .singleElement()
                        .satisfies(name -> assertThat(name).startsWith("script:")));
    }
}
