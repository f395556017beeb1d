package dev.widekey.flags.outlet;

import dev.widekey.flags.Flags;
import dev.widekey.flags.outlet.WaffleTable.Model;
import dev.widekey.sandbox.mysql.TestSchema;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** Tables as the migrations of waffle 3.0 under Django 3.2 make them, but for names that differ in their case. */
public final class WaffleTables {

    private static final AtomicInteger TABLES = new AtomicInteger();

    private WaffleTables() {}

    /** The name of a new table. */
    public static String make(TestSchema schema, Model model, String collation) throws SQLException {
        String table = model.table() + TABLES.incrementAndGet();
        String columns = model == Model.SWITCH
                ? "active tinyint(1) NOT NULL, note longtext NOT NULL"
                : "everyone tinyint(1) NULL, percent decimal(3,1) NULL, testing tinyint(1) NOT NULL, superusers tinyint(1) NOT NULL,"
                        + " staff tinyint(1) NOT NULL, authenticated tinyint(1) NOT NULL, languages longtext NOT NULL,"
                        + " rollout tinyint(1) NOT NULL, note longtext NOT NULL";
        schema.execute("CREATE TABLE " + table
                + " (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(100) NOT NULL UNIQUE, " + columns
                + ", created datetime(6) NOT NULL, modified datetime(6) NOT NULL, KEY (created))"
                + " DEFAULT CHARSET utf8mb4 COLLATE " + collation);
        return table;
    }

    public static WaffleTable open(TestSchema schema, String table, Model model) {
        return new WaffleTable(Flags.connections(schema), schema.name(), table, model);
    }
}
