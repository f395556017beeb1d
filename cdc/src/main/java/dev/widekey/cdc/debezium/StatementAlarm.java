package dev.widekey.cdc.debezium;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.widekey.cdc.FeedConfig;
import java.util.function.Consumer;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * Notices rows of the table that were logged as a statement. The engine drops those with a warning in its log and nothing else, so the
 * log is where to look. Thread-safe.
 */
final class StatementAlarm implements AutoCloseable {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(StatementAlarm.class);

    private static final String ENGINE_LOGGER = "io.debezium.connector.binlog.BinlogStreamingChangeEventSource";

    private static final String DROPPED = "Received DML";

    private final Runnable undo;

    private StatementAlarm(Runnable undo) {
        this.undo = undo;
    }

    /** Calls {@code onStatement} with every such statement of the configured table, from the engine's thread. */
    static StatementAlarm on(FeedConfig config, Consumer<String> onStatement) {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (!(factory instanceof ch.qos.logback.classic.LoggerContext context)) {
            LOG.warn("Without Logback as the logging library, changes logged as statements go unnoticed.");
            return new StatementAlarm(() -> {});
        }
        Logger logger = context.getLogger(ENGINE_LOGGER);
        if (!logger.isWarnEnabled()) {
            logger.setLevel(Level.WARN);
        }
        Listener listener = new Listener(config, onStatement);
        listener.setContext(context);
        listener.start();
        logger.addAppender(listener);
        return new StatementAlarm(() -> logger.detachAppender(listener));
    }

    @Override
    public void close() {
        undo.run();
    }

    private static final class Listener extends AppenderBase<ILoggingEvent> {

        private final DdlWatch table;

        /** The binlog client names its thread after the server, which keeps streams of different servers apart. */
        private final String server;

        private final Consumer<String> onStatement;

        Listener(FeedConfig config, Consumer<String> onStatement) {
            this.table = new DdlWatch(config.schema(), config.table());
            this.server = config.host() + ":" + config.port();
            this.onStatement = onStatement;
        }

        @Override
        protected void append(ILoggingEvent event) {
            Object[] arguments = event.getArgumentArray();
            if (event.getMessage().startsWith(DROPPED)
                    && arguments != null
                    && arguments.length > 0
                    && event.getThreadName().endsWith(server)) {
                String statement = String.valueOf(arguments[0]);
                if (table.mentionsTable(statement)) {
                    onStatement.accept(statement);
                }
            }
        }
    }
}
