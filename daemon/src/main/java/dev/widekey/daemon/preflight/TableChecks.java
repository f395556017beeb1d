package dev.widekey.daemon.preflight;

import dev.widekey.daemon.fence.Fence;
import dev.widekey.daemon.preflight.Problem.Code;
import dev.widekey.daemon.table.ForeignKey;
import dev.widekey.daemon.table.TableDefinition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one table must be like, apart from its columns. Confined to the connection's thread. */
final class TableChecks {

    private final Connection connection;
    private final Side side;
    private final List<Problem> found;

    /**
     * @param found where problems go
     */
    TableChecks(Connection connection, Side side, List<Problem> found) {
        this.connection = connection;
        this.side = side;
        this.found = found;
    }

    /** The table's definition; reports why there is none. */
    Optional<TableDefinition> definition() throws SQLException {
        Optional<TableDefinition> definition = TableDefinition.read(connection, side.schema(), side.table());
        if (definition.isEmpty()) {
            boolean schemaExists = !names(
                            "SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?", side.schema())
                    .isEmpty();
            if (schemaExists) {
                add(
                        Code.TABLE_MISSING,
                        side.where(),
                        "there is no table " + side.table() + " in schema " + side.schema(),
                        "create it, or correct " + side.role() + ".table in the configuration");
            } else {
                add(
                        Code.SCHEMA_MISSING,
                        side.where(),
                        "there is no schema " + side.schema(),
                        "create it, or correct " + side.role() + ".schema in the configuration");
            }
        }
        definition.ifPresent(this::engine);
        return definition;
    }

    private void engine(TableDefinition definition) {
        if (!definition.engine().equalsIgnoreCase("InnoDB")) {
            add(
                    Code.NOT_INNODB,
                    side.whereTable(),
                    "the table's engine is " + definition.engine() + ", which has no transactions",
                    "ALTER TABLE " + side.quoted() + " ENGINE=InnoDB;");
        }
    }

    /** Foreign keys that make the server change rows of this table without writing it to the binlog. */
    void cascades(TableDefinition definition) {
        for (ForeignKey key : definition.foreignKeysFrom()) {
            if (key.writesChild()) {
                add(
                        Code.CASCADING_FOREIGN_KEY,
                        side.whereTable(),
                        "foreign key " + key.name() + " to " + key.parent() + " changes rows by itself (ON DELETE "
                                + key.onDelete() + ", ON UPDATE " + key.onUpdate()
                                + "), and the binlog does not show it",
                        "ALTER TABLE " + side.quoted() + " DROP FOREIGN KEY " + Side.quoted(key.name())
                                + "; or make it RESTRICT or NO ACTION");
            }
        }
    }

    /**
     * Triggers, which would change what the daemon writes. The account must have the TRIGGER privilege to see them.
     *
     * @param migration whose fence is no problem
     * @param otherwise what else can be done about one
     */
    void triggers(String migration, Code code, String otherwise) throws SQLException {
        for (String trigger : names(
                "SELECT trigger_name FROM information_schema.triggers"
                        + " WHERE event_object_schema = ? AND event_object_table = ? ORDER BY 1",
                side.schema(),
                side.table())) {
            if (!Fence.isPart(trigger, migration)) {
                add(
                        code,
                        side.whereTable(),
                        "the " + side.role() + " table has the trigger " + trigger,
                        "DROP TRIGGER " + Side.quoted(side.schema()) + "." + Side.quoted(trigger) + ";" + otherwise);
            }
        }
    }

    /** Other unique keys, among which rows that are written back in another order could collide. */
    void uniqueKeys(TableDefinition definition) {
        for (String key : definition.uniqueKeys().keySet()) {
            add(
                    Code.SOURCE_UNIQUE_KEY,
                    side.whereTable(),
                    "the unique key " + key + " keeps rows from being written back one by one",
                    "set cutover.rollback: false in the configuration, or drop the key");
        }
    }

    /** Rows in the target, which only a migration that has started may have put there. */
    void empty(String migration) throws SQLException {
        if (hasRow("SELECT 1 FROM " + side.quoted() + " LIMIT 1")) {
            add(
                    Code.TARGET_NOT_EMPTY,
                    side.whereTable(),
                    "the target table has rows, and migration " + migration + " has not started",
                    "empty it, or correct target.state-schema and migration in the configuration; when an earlier copy left the rows,"
                            + " set backfill.existing-rows to keep");
        }
    }

    /** Whether the daemon's own schema knows the migration. */
    boolean hasStarted(String migration, String stateSchema) throws SQLException {
        boolean hasState = !names(
                        "SELECT table_name FROM information_schema.tables"
                                + " WHERE table_schema = ? AND table_name = 'migration'",
                        stateSchema)
                .isEmpty();
        return hasState
                && !names("SELECT id FROM " + Side.quoted(stateSchema) + ".migration WHERE id = ?", migration)
                        .isEmpty();
    }

    private boolean hasRow(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next();
        }
    }

    private List<String> names(String query, String... values) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    private void add(Code code, String where, String what, String fix) {
        found.add(new Problem(code, what, where, fix));
    }
}
