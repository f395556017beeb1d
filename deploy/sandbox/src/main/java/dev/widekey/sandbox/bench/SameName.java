package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A target table for tools that keep a table's name and the order of its columns: the same types and indexes under the source's name. Stateless. */
final class SameName {
    private SameName() {}

    static void create(Servers servers) throws SQLException {
        try (Connection connection = servers.targetConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + World.OLD_TABLE + " LIKE " + World.EXTENDED_TABLE);
            statement.execute("ALTER TABLE " + World.OLD_TABLE
                    + " MODIFY id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT FIRST,"
                    + " MODIFY student_module_id BIGINT UNSIGNED NOT NULL AFTER id");
        }
    }
}
