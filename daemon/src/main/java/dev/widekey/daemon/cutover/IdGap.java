package dev.widekey.daemon.cutover;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.table.TargetTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ids between what the source may still hand out and what the target begins with. As long as stragglers stay below it, a row born on the
 * source and a row born on the target never share an id.
 *
 * <p>Sized for the longest planned time of writing at twice the rate measured, and never below what the operator asks for: 64-bit ids are plenty, a gap
 * that is too small costs a row. An operator may fix its size; whoever moves writes then has to ask {@link GapSize#shortage} first.
 */
public final class IdGap {
    private static final Logger log = LoggerFactory.getLogger(IdGap.class);

    private final Database source;
    private final Database target;
    private final Side sourceTable;
    private final Side targetTable;
    private final TargetTable table;
    private final MigrationRecord record;
    private final Ownership ownership;
    private final LongConsumer guard;
    private final GapSize size;
    private final long last;

    /** A table by its raw names, and whether it is the source or the target, for a person. */
    public record Side(String role, String schema, String table, String key) {
        String max() {
            return "SELECT MAX(" + quoted(key) + ") FROM " + quoted(schema) + "." + quoted(table);
        }

        private static String quoted(String name) {
            return "`" + name.replace("`", "``") + "`";
        }
    }

    /**
     * Wires it.
     *
     * @param guard told the first id of the application before the target hands it out
     * @param last the last id that fits the target
     */
    public IdGap(
            Database source,
            Database target,
            Side sourceTable,
            Side targetTable,
            TargetTable table,
            MigrationRecord record,
            Ownership ownership,
            LongConsumer guard,
            GapSize size,
            long last) {
        this.last = last;
        this.source = source;
        this.target = target;
        this.sourceTable = sourceTable;
        this.targetTable = targetTable;
        this.table = table;
        this.record = record;
        this.ownership = ownership;
        this.guard = guard;
        this.size = size;
    }

    /**
     * Makes the target's next id lie a whole gap above everything the source has handed out. Repeatable: an earlier reservation that is still wide
     * enough stays.
     *
     * @return the first id that belongs to the application
     */
    public long reserve(OptionalDouble writesPerSecond) throws SQLException {
        long used = Math.max(next(source, sourceTable), max(source, sourceTable) + 1);
        long reserved = record.read().flatMap(MigrationRecord.Row::gapStart).orElse(0L);
        long first = Math.max(reserved, used + size.at(writesPerSecond));
        CrashPoint.BEFORE_GAP.reached();
        record.reserveGap(ownership, first);
        CrashPoint.AFTER_GAP.reached();
        guard.accept(first);
        try (Connection connection = target.connect();
                Statement session = connection.createStatement()) {
            // A waiting ALTER makes every later reader of the table wait behind it, so it gives up soon and is tried
            // again.
            session.execute("SET SESSION lock_wait_timeout = 2");
            table.reserve(connection, first);
        }
        CrashPoint.AFTER_GAP_RESERVED.reached();
        long next = next(target, targetTable);
        if (next < first) {
            throw new HaltException(
                    HaltException.Reason.FAILED,
                    "the " + targetTable.role() + " would hand out id " + next + " although " + first
                            + " was reserved; the table needs AUTO_INCREMENT on " + targetTable.key());
        }
        log.info(
                "the {} has used ids up to {}; the {} hands out ids from {} up",
                sourceTable.role(),
                used - 1,
                targetTable.role(),
                next);
        return first;
    }

    /** Why a gap of that rate does not fit below the last id; empty when it does and leaves as many ids to go on with. */
    public Optional<String> obstacle(OptionalDouble writesPerSecond) {
        long wide = size.at(writesPerSecond);
        try {
            long used = Math.max(next(source, sourceTable), max(source, sourceTable) + 1);
            long left = Math.max(0, last - used + 1);
            return wide <= left / 2
                    ? Optional.empty()
                    : Optional.of("the " + targetTable.role() + "'s key ends at " + last + ": " + left
                            + " ids are left, and a gap of " + wide + " and as many to go on with are needed");
        } catch (SQLException failure) {
            return Optional.of("whether the ids suffice cannot be seen: " + failure.getMessage());
        }
    }

    /** Whether the target hands out no id below {@code first}. */
    public boolean isReserved(long first) throws SQLException {
        return next(target, targetTable) >= first;
    }

    /** Whether no row of the source has an id that belongs to the application on the target. */
    public boolean isIntact(long first) throws SQLException {
        return max(source, sourceTable) < first;
    }

    /** The id the source hands out next. */
    long nextOnSource() throws SQLException {
        return next(source, sourceTable);
    }

    /** Whether the source holds any row. */
    boolean hasSourceRow() throws SQLException {
        return highest(source, sourceTable).isPresent();
    }

    /** The highest id of a row on the target; below every id that is handed out when it holds none. */
    long highestOnTarget() throws SQLException {
        return highest(target, targetTable).orElse(Long.MIN_VALUE);
    }

    /** The id the target hands out next, or would if it had been told of every row it has. */
    public long nextOnTarget() throws SQLException {
        return Math.max(next(target, targetTable), max(target, targetTable) + 1);
    }

    /**
     * Makes sure that no row of the source has an id that belongs to the application on the target.
     *
     * @throws HaltException when one has
     */
    public void requireIntact(long first) throws SQLException {
        long highest = max(source, sourceTable);
        if (highest >= first) {
            throw HaltException.gapExhausted("the source holds a row with id " + highest, first);
        }
    }

    private static long max(Database database, Side side) throws SQLException {
        return highest(database, side).orElse(0);
    }

    private static OptionalLong highest(Database database, Side side) throws SQLException {
        try (Connection connection = database.pool().getConnection();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(side.max())) {
            row.next();
            long highest = row.getLong(1);
            return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(highest);
        }
    }

    private static long next(Database database, Side side) throws SQLException {
        String sql = "SELECT auto_increment FROM information_schema.tables WHERE table_schema = ? AND table_name = ?";
        try (Connection connection = database.pool().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, side.schema());
            query.setString(2, side.table());
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }
}
