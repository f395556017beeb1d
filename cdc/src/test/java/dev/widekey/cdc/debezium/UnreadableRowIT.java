package dev.widekey.cdc.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.cdc.FeedHalt.Reason;
import dev.widekey.cdc.Position;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import io.debezium.pipeline.ErrorHandler;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A row the engine cannot decode: the position must not pass it, whatever the engine goes on reading. */
class UnreadableRowIT {

    private final Server server = TestServers.source();

    /**
     * The race: the engine's client goes on reading after an event that it could not decode, and a heartbeat due by then would tell a
     * place behind it. Writing the error down slowly makes one due.
     */
    @Test
    void the_position_never_passes_a_row_that_cannot_be_decoded() throws Exception {
        try (SlowLog slow = new SlowLog();
                TestSchema schema = TestSchema.on(server, "cdc")) {
            schema.execute("CREATE TABLE history (id INT PRIMARY KEY, day DATE)");
            FeedConfig config = Feeds.config(server, schema.name(), "history", "id", "day");
            Position start = Feeds.start(server, config);
            Receiver receiver = new Receiver();
            try (DebeziumChangeFeed feed = new DebeziumChangeFeed(config, Feeds.PACE)) {
                feed.start(start, receiver);
                receiver.awaitThat("connected", () -> feed.status().connected());
                schema.execute("INSERT INTO history VALUES (1, '2021-02-28')");
                receiver.awaitEndOfLog(server);
                Position before = Feeds.endOfLog(server);
                schema.execute(
                        "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'", "INSERT INTO history VALUES (2, '2021-02-31')");
                Position behind = Feeds.endOfLog(server);
                schema.execute("INSERT INTO history VALUES (3, '2021-03-01')");
                assertThat(receiver.awaitHalt().reason()).isEqualTo(Reason.UNREADABLE);
                assertThat(receiver.texts()).containsExactly("1=1|2021-02-28");
                // Inside its transaction, before the row, is as good as in front of it.
                Position reached = receiver.reached().orElseThrow();
                assertThat(reached.covers(behind)).isFalse();
                assertThat(before.gtids().contains(reached.gtids())).isTrue();
                assertThat(slow.errors).isPositive();
            }
        }
    }

    /** Makes the engine's thread take longer to write its error down than two heartbeats are apart. */
    private static final class SlowLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
        private final Logger logger = (Logger) LoggerFactory.getLogger(ErrorHandler.class);

        volatile int errors;

        SlowLog() {
            setContext(logger.getLoggerContext());
            start();
            logger.addAppender(this);
        }

        @Override
        protected void append(ILoggingEvent event) {
            errors++;
            LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        }

        @Override
        public void close() {
            logger.detachAppender(this);
        }
    }
}
