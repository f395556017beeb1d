package dev.widekey.flags.ack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagPair;
import dev.widekey.flags.InMemoryFlagStore;
import dev.widekey.flags.Routing;
import dev.widekey.flags.client.SchemaSource;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
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

    /** Another client's mistake must not look like an instance that is always expired or always ahead. */
    @Test
    void theTableRefusesALeaseOfNoLengthAndANegativeVersion() {
        String row = "INSERT INTO instance VALUES ('m', 'a', %s, UTC_TIMESTAMP(6))";
        assertThatThrownBy(() -> schema.execute(row.formatted("1, 1, 0, 1"))).hasMessageContaining("Check constraint");
        assertThatThrownBy(() -> schema.execute(row.formatted("-1, 1, 9, 1"))).hasMessageContaining("Check constraint");
    }
}
