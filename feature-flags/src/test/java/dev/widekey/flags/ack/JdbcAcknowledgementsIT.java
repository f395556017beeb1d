package dev.widekey.flags.ack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagPair;
import dev.widekey.flags.InMemoryFlagStore;
import dev.widekey.flags.RepositoryPage;
import dev.widekey.flags.Routing;
import dev.widekey.flags.client.SchemaSource;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JdbcAcknowledgementsIT extends AcknowledgementsContract {

    private static final AtomicInteger MIGRATIONS = new AtomicInteger();
    private static TestSchema schema;

    private final SchemaSource dataSource = new SchemaSource(schema);

    @BeforeAll
    static void createTable() throws SQLException {
        schema = TestSchema.on(TestServers.target(), "acks");
        JdbcAcknowledgements acks = new JdbcAcknowledgements(new SchemaSource(schema), schema.name(), "any");
        try (Connection connection = schema.connect()) {
            acks.createTable(connection);
            acks.createTable(connection);
        }
    }

    @AfterAll
    static void dropSchema() throws SQLException {
        schema.close();
    }

    @Override
    Acknowledgements empty(LongSupplier nanoTime) {
        return new JdbcAcknowledgements(dataSource, schema.name(), "m" + MIGRATIONS.incrementAndGet(), nanoTime);
    }

    @Test
    void migrationsDoNotSeeEachOther() {
        empty(System::nanoTime).acknowledge("a", Versions.UNREAD, Duration.ofSeconds(1));
        Routing routing = new Routing(new InMemoryFlagStore(), FlagName.of("w", true), FlagName.of("r", false));
        routing.initialise("test", "begin");
        assertThat(empty(System::nanoTime).of(routing.pair()).outcome()).isEqualTo(Roll.Outcome.NOBODY);
    }

    @Test
    void anUnreachableStoreIsNoAnswer() {
        Acknowledgements acks = empty(System::nanoTime);
        Routing routing = new Routing(new InMemoryFlagStore(), FlagName.of("w", true), FlagName.of("r", false));
        routing.initialise("test", "begin");
        FlagPair pair = routing.pair();
        dataSource.cut();
        assertThatThrownBy(() -> acks.acknowledge("a", Versions.UNREAD, Duration.ofSeconds(1)))
                .isInstanceOf(AcknowledgementException.class)
                .hasMessageContaining("instance a");
        assertThatThrownBy(() -> acks.of(pair)).isInstanceOf(AcknowledgementException.class);
    }

    /** The page for other languages, run as it stands, against the table the page describes and the one that is created. */
    @Test
    void theStatementsOfTheContractAreThoseOfThisStore() throws Exception {
        String columns = "SELECT GROUP_CONCAT(column_name, ' ', column_type, ' ', is_nullable, ' ', column_key"
                + " ORDER BY ordinal_position) FROM information_schema.columns WHERE table_schema = DATABASE()";
        List<String> page = Stream.concat(
                        RepositoryPage.blocks("docs/flags-contract.md", "sql").stream(),
                        Stream.of(
                                "DELETE FROM widekey.instance WHERE migration = 'csmh' AND name = 'web-1:4711:9f3c21aa';"))
                .filter(sql -> sql.contains("widekey.instance"))
                .toList();
        assertThat(Files.readString(RepositoryPage.path("docs/flags-contract.md")))
                .contains("DELETE FROM widekey.instance WHERE migration = 'csmh' AND name =");
        try (TestSchema fresh = TestSchema.on(TestServers.target(), "contract")) {
            List<String> statements = page.stream()
                    .map(sql -> sql.replace("widekey.", fresh.name() + "."))
                    .toList();
            assertThat(statements).hasSize(3);
            JdbcAcknowledgements acks = new JdbcAcknowledgements(new SchemaSource(fresh), fresh.name(), "csmh");
            Routing routing = new Routing(new InMemoryFlagStore(), FlagName.of("w", true), FlagName.of("r", false));
            routing.initialise("test", "begin");
            routing.moveWrites("test", "move");
            fresh.execute(statements.get(0));
            assertThat(fresh.value(columns)).isEqualTo(schema.value(columns + " AND table_name = 'instance'"));
            fresh.execute(statements.get(1), statements.get(1));
            assertThat(acks.of(routing.pair()).acknowledged()).singleElement().satisfies(instance -> {
                assertThat(instance.name()).isEqualTo("web-1:4711:9f3c21aa");
                assertThat(instance.beat()).isEqualTo(2);
                assertThat(instance.silence()).isLessThan(Duration.ofMinutes(1));
            });
            fresh.execute(statements.get(2));
            assertThat(acks.of(routing.pair()).outcome()).isEqualTo(Roll.Outcome.NOBODY);
        }
    }

    /** Another client's mistake must not look like an instance that is always expired or always ahead. */
    @Test
    void theTableRefusesALeaseOfNoLengthAndANegativeVersion() {
        String row = "INSERT INTO instance VALUES ('m', 'a', %s, UTC_TIMESTAMP(6))";
        assertThatThrownBy(() -> schema.execute(row.formatted("1, 1, 0, 1"))).hasMessageContaining("Check constraint");
        assertThatThrownBy(() -> schema.execute(row.formatted("-1, 1, 9, 1"))).hasMessageContaining("Check constraint");
    }
}
