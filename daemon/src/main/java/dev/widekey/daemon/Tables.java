package dev.widekey.daemon;

import dev.widekey.backfill.SourceTable;
import dev.widekey.backfill.Throttle;
import dev.widekey.backfill.parity.ParityCheck;
import dev.widekey.backfill.parity.Settling;
import dev.widekey.backfill.parity.Side;
import dev.widekey.cdc.FeedConfig;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.merge.Visibility;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.table.Canonical;
import dev.widekey.daemon.table.Compatibility;
import dev.widekey.daemon.table.Forms;
import dev.widekey.daemon.table.TableDefinition;
import dev.widekey.daemon.table.TargetTable;
import io.github.resilience4j.retry.Retry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;

/**
 * The two tables as copy, stream and parity see them: one projection for all three.
 *
 * @param sourceDefinition as it was checked
 * @param targetDefinition as it was checked
 * @param canonical what parity compares
 * @param visibility how a read waits, which depends on whether the source has GTIDs
 * @param feed what the stream reads
 */
record Tables(
        SourceTable source,
        TargetTable target,
        TableDefinition sourceDefinition,
        TableDefinition targetDefinition,
        Canonical canonical,
        Visibility visibility,
        FeedConfig feed) {

    /** Rows behind one pair of digests, at most: the statement has to end within the socket's patience. */
    private static final int COMPARED_ROWS = 5_000;

    /** Reads both definitions. */
    static Tables read(DaemonConfig config, Database source, Database target) throws SQLException {
        DaemonConfig.Source from = config.source();
        DaemonConfig.Target to = config.target();
        TableDefinition sourceTable = definition(source, from);
        TableDefinition targetTable = definition(target, to);
        Compatibility fit = Compatibility.of(sourceTable, targetTable);
        if (!fit.mismatches().isEmpty()) {
            throw new HaltException(
                    HaltException.Reason.SCHEMA_CHANGED,
                    "the target table no longer fits the source table: " + fit.mismatches());
        }
        String key = fit.key().orElseThrow();
        Forms forms = Forms.of(sourceTable, targetTable, fit.columns());
        return new Tables(
                new SourceTable(from.schema(), from.table(), key, fit.columns(), forms.reads()),
                new TargetTable(to.schema(), to.table(), key, fit.columns(), forms.parameters()).loading(),
                sourceTable,
                targetTable,
                Canonical.of(sourceTable, targetTable, fit.compared()),
                visibility(config, source),
                feed("widekey-" + config.migration(), config, from, key, fit.columns()));
    }

    /** The same two tables, moved the other way: rows that fit the source go back as they came. */
    Tables reversed(DaemonConfig config, Database database) throws SQLException {
        DaemonConfig.Source to = config.source();
        DaemonConfig.Target from = config.target();
        List<String> columns = feed.columns();
        Forms forms = Forms.of(targetDefinition, sourceDefinition, columns);
        return new Tables(
                new SourceTable(from.schema(), from.table(), source.key(), columns, forms.reads()),
                new TargetTable(to.schema(), to.table(), source.key(), columns, forms.parameters()).loading(),
                targetDefinition,
                sourceDefinition,
                new Canonical(canonical.columns(), canonical.onTarget(), canonical.onSource()),
                visibility(config, database),
                feed("widekey-" + config.migration() + "-back", config, from, source.key(), columns));
    }

    /** The reader's replica id is the same on both servers: it has to be unique on each. */
    private static FeedConfig feed(
            String name, DaemonConfig config, DaemonConfig.Server from, String key, List<String> columns) {
        return new FeedConfig(
                name,
                from.host(),
                from.port(),
                from.user(),
                from.password().reveal(),
                FeedConfig.Tls.valueOf(from.tls().name()),
                from.truststore(),
                config.source().serverId(),
                from.schema(),
                from.table(),
                key,
                columns,
                config.stream().keepAlive());
    }

    /** Which comparison {@link #check} makes: another daemon, other columns or another way to look at one of them is another comparison. */
    String comparison() {
        String what = String.join(
                "\n",
                new Version().getVersion()[0],
                canonical.columns().toString(),
                canonical.onSource().toString(),
                canonical.onTarget().toString());
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(what.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java has SHA-256", absent);
        }
    }

    /** A comparison of the two tables. */
    ParityCheck check(
            DaemonConfig config,
            Database from,
            Database to,
            Settling settling,
            Throttle throttle,
            Retry retry,
            int workers) {
        return check(config, from, config.source(), to, config.target(), settling, throttle, retry, workers);
    }

    /** A comparison of {@link #reversed} tables. */
    ParityCheck checkBack(
            DaemonConfig config,
            Database from,
            Database to,
            Settling settling,
            Throttle throttle,
            Retry retry,
            int workers) {
        return check(config, from, config.target(), to, config.source(), settling, throttle, retry, workers);
    }

    private ParityCheck check(
            DaemonConfig config,
            Database from,
            DaemonConfig.Server fromServer,
            Database to,
            DaemonConfig.Server toServer,
            Settling settling,
            Throttle throttle,
            Retry retry,
            int workers) {
        return new ParityCheck(
                side(from, fromServer, canonical.onSource()),
                side(to, toServer, canonical.onTarget()),
                settling,
                throttle,
                retry,
                workers,
                Math.min(COMPARED_ROWS, config.backfill().chunkRows()));
    }

    private Side side(Database database, DaemonConfig.Server server, List<String> expressions) {
        return new Side(
                database.pool(), server.schema(), server.table(), source.key(), canonical.columns(), expressions);
    }

    private static TableDefinition definition(Database database, DaemonConfig.Server server) throws SQLException {
        try (Connection connection = database.pool().getConnection()) {
            return TableDefinition.read(connection, server.schema(), server.table())
                    .orElseThrow(() -> new HaltException(
                            HaltException.Reason.SCHEMA_CHANGED,
                            "the " + database.role() + " table " + Names.of(server) + " is gone"));
        }
    }

    private static Visibility visibility(DaemonConfig config, Database source) throws SQLException {
        try (Connection connection = source.pool().getConnection()) {
            return hasGtids(connection)
                    ? Visibility.ofGtids()
                    : Visibility.ofMarkers(config.target().stateSchema(), config.migration());
        }
    }

    private static boolean hasGtids(Connection source) throws SQLException {
        try (Statement query = source.createStatement();
                ResultSet row = query.executeQuery("SELECT @@global.gtid_mode")) {
            row.next();
            return row.getString(1).equalsIgnoreCase("ON");
        }
    }
}
