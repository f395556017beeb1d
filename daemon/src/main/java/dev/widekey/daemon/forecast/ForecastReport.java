package dev.widekey.daemon.forecast;

import dev.widekey.cdc.Position;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.table.TableDefinition;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a command says about the future of the source: each line a note, and no reason not to start. What cannot be read is said to be unknown, and why.
 *
 * <p>Two looks make a rate: {@link #begin} takes the first, {@link #lines} the second. Changes nothing. Used by one thread.
 */
public final class ForecastReport {
    private final DaemonConfig config;
    private final Database source;
    private final Database target;
    private Optional<IdWatch> ids = Optional.empty();
    private String problem = "";

    /** A report on the migration's two servers; looks at nothing yet. */
    public ForecastReport(DaemonConfig config, Database source, Database target) {
        this.config = config;
        this.source = source;
        this.target = target;
    }

    /** Looks for the first time; a source that cannot be asked yet is asked later. */
    public ForecastReport begin() {
        exhaustion();
        return this;
    }

    /** Everything: ids, columns, binlog, readiness. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(idLine());
        lines.addAll(asked("columns: ", this::columnLines));
        lines.addAll(asked("binlog: ", () -> List.of(retentionLine())));
        lines.addAll(asked("64 bits: ", this::readinessLines));
        return lines;
    }

    /** The ids the source has left, as far as it can be asked. */
    public Exhaustion exhaustion() {
        try (Connection connection = source.connect()) {
            if (ids.isEmpty()) {
                ids = definition(connection, config.source())
                        .filter(table -> table.primaryKey().size() == 1)
                        .map(table -> new IdWatch(
                                table.schema(),
                                table.table(),
                                table.primaryKey().get(0),
                                System::nanoTime));
            }
            return ids.isEmpty() ? Exhaustion.UNKNOWN : ids.get().look(connection);
        } catch (SQLException failure) {
            problem = ", " + failure.getMessage();
            return Exhaustion.UNKNOWN;
        }
    }

    /**
     * For how long the binlog is kept that a stopped stream needs: at least this, unless the stream was behind when it stopped. Its file was written at the
     * moment the position was stored, if the stream was close then.
     *
     * @param stored how long ago that was
     */
    public Survival survival(Position position, Duration stored) {
        try (Connection connection = source.connect()) {
            LogLook now = LogLook.read(connection);
            double kept = now.retention().seconds();
            OptionalDouble seconds = !now.isOf(position)
                    ? OptionalDouble.empty()
                    : !now.has(position)
                            ? OptionalDouble.of(0)
                            : kept == 0
                                    ? OptionalDouble.of(Double.POSITIVE_INFINITY)
                                    : OptionalDouble.of(
                                            position.file().equals(now.newest())
                                                    ? kept
                                                    : Math.max(0, kept - stored.toSeconds()));
            return new Survival(
                    source.role(),
                    Optional.of(position.file()).filter(file -> now.isOf(position)),
                    Optional.of(now.retention()),
                    seconds,
                    OptionalDouble.empty(),
                    Optional.empty(),
                    now.behind(position));
        } catch (SQLException failure) {
            return Survival.unknown(source.role());
        }
    }

    private String idLine() {
        Exhaustion now = exhaustion();
        if (now.ids().isEmpty()) {
            return "ids: how many the source has left is unknown" + problem;
        }
        IdSpace space = now.ids().get();
        String line = "ids: key " + space.key() + " of the source is "
                + space.type().text() + "; " + space.left() + " are left"
                + (space.step() == 1 ? "" : " in steps of " + space.step());
        if (now.seconds().isEmpty()) {
            return line + "; rate unknown, fewer than " + IdRate.FEWEST + " were taken in "
                    + Amounts.time(ids.orElseThrow().measured());
        }
        return line
                + now.perSecond().stream()
                        .mapToObj(rate -> String.format(
                                Locale.ROOT,
                                "; at %.1f ids/s, measured over %s, they last %s%s",
                                rate,
                                Amounts.time(ids.orElseThrow().measured()),
                                Amounts.time(now.seconds().getAsDouble()),
                                now.day().map(day -> ", until " + day).orElse("")))
                        .findFirst()
                        .orElse("");
    }

    private List<String> columnLines() throws SQLException {
        try (Connection from = source.connect();
                Connection to = target.connect()) {
            Optional<TableDefinition> narrow = definition(from, config.source());
            Optional<TableDefinition> wide = definition(to, config.target());
            return narrow.isEmpty() || wide.isEmpty()
                    ? List.of()
                    : Headroom.read(from, narrow.get(), wide.get()).stream()
                            .map(Headroom::text)
                            .toList();
        }
    }

    private String retentionLine() throws SQLException {
        try (Connection connection = source.connect()) {
            LogLook now = LogLook.read(connection);
            Retention kept = now.retention();
            double bytes = now.log().files().values().stream()
                    .mapToDouble(Long::doubleValue)
                    .sum();
            return "binlog: the source has " + now.log().files().size() + " files, " + Amounts.bytes(bytes) + "; "
                    + (kept.seconds() == 0
                            ? kept.setting() + " says that it purges none by itself"
                            : "a file is kept for " + Amounts.time((double) kept.seconds()) + " (" + kept.setting()
                                    + "), the longest that the daemon may be stopped or behind");
        }
    }

    private List<String> readinessLines() throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Connection from = source.connect();
                Connection to = target.connect()) {
            Optional<TableDefinition> narrow = definition(from, config.source());
            Optional<TableDefinition> wide = definition(to, config.target());
            if (narrow.isEmpty() || wide.isEmpty() || narrow.get().primaryKey().size() != 1) {
                return lines;
            }
            String key = narrow.get().primaryKey().get(0);
            Readiness onSource =
                    new Readiness(from, narrow.get().schema(), narrow.get().table(), key);
            Optional<IntegerType> ofKey = type(narrow.get(), key);
            Optional<IntegerType> ofTarget = type(wide.get(), key);
            if (ofKey.isEmpty() || ofTarget.isEmpty()) {
                return lines;
            }
            onSource.holders().stream()
                    .filter(holder -> holder.isNarrow(ofKey.get()))
                    .forEach(holder ->
                            lines.add("64 bits: " + holder.text(ofTarget.get().text())));
            for (Readiness.View view : onSource.views()) {
                lines.add("64 bits: view " + view.name() + " on the source reads the table, " + view.shown()
                        + "; it shows no row that is written to the target");
            }
            for (Readiness.View view :
                    new Readiness(to, wide.get().schema(), wide.get().table(), key).views()) {
                if (view.isNarrow()) {
                    lines.add("64 bits: view " + view.name() + " on the target reads the table, " + view.shown()
                            + ": create it anew without the conversion");
                }
            }
        }
        if (lines.isEmpty()) {
            lines.add("64 bits: nothing else that the accounts may see holds or shows the key");
        }
        return lines;
    }

    private static Optional<IntegerType> type(TableDefinition table, String column) {
        return table.column(column).flatMap(found -> IntegerType.of(found.columnType()));
    }

    private interface Question {
        List<String> ask() throws SQLException;
    }

    private static List<String> asked(String what, Question question) {
        try {
            return question.ask();
        } catch (SQLException failure) {
            return List.of(what + "unknown, " + failure.getMessage());
        }
    }

    private static Optional<TableDefinition> definition(Connection connection, DaemonConfig.Server server)
            throws SQLException {
        return TableDefinition.read(connection, server.schema(), server.table());
    }
}
