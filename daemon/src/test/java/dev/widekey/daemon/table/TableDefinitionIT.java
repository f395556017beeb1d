package dev.widekey.daemon.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableDefinitionIT {

    private TestSchema schema;

    @BeforeEach
    void createSchema() throws SQLException {
        schema = TestSchema.on(TestServers.source(), "tables");
    }

    @AfterEach
    void dropSchema() throws SQLException {
        schema.close();
    }

    private Optional<TableDefinition> read(String table) throws SQLException {
        try (Connection connection = schema.connect()) {
            return TableDefinition.read(connection, schema.name(), table);
        }
    }

    @Test
    void absentTableAndViewAreEmpty() throws SQLException {
        schema.execute("CREATE VIEW v AS SELECT 1 AS id");
        assertThat(read("nothing")).isEmpty();
        assertThat(read("v")).isEmpty();
    }

    @Test
    void everyPropertyOfAColumnIsRead() throws SQLException {
        schema.execute("""
                CREATE TABLE t (
                  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
                  small SMALLINT UNSIGNED NOT NULL DEFAULT 7,
                  amount DECIMAL(12,3),
                  ratio DOUBLE NOT NULL,
                  name VARCHAR(20) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin NOT NULL,
                  body TEXT CHARACTER SET utf8mb4,
                  raw VARBINARY(30),
                  at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
                  twice INT AS (id * 2) VIRTUAL,
                  hidden INT INVISIBLE
                )
                """.replace("id * 2", "small * 2"));
        TableDefinition table = read("t").orElseThrow();
        assertThat(table.engine()).isEqualTo("InnoDB");
        assertThat(table.primaryKey()).containsExactly("id");
        assertThat(table.columns())
                .extracting(Column::name)
                .containsExactly("id", "small", "amount", "ratio", "name", "body", "raw", "at", "twice", "hidden");
        Column id = table.column("ID").orElseThrow();
        assertThat(id.autoIncrement()).isTrue();
        assertThat(id.isInteger()).isTrue();
        assertThat(id.nullable()).isFalse();
        Column small = table.column("small").orElseThrow();
        assertThat(small.unsigned()).isTrue();
        assertThat(small.defaultValue()).contains("7");
        Column amount = table.column("amount").orElseThrow();
        assertThat(amount.precision()).isEqualTo(12);
        assertThat(amount.scale()).contains(3);
        assertThat(amount.fillsItself()).isTrue();
        Column ratio = table.column("ratio").orElseThrow();
        assertThat(ratio.scale()).isEmpty();
        assertThat(ratio.fillsItself()).isFalse();
        Column name = table.column("name").orElseThrow();
        assertThat(name.charset()).contains("utf8mb3");
        assertThat(name.collation()).isPresent();
        assertThat(name.characters()).isEqualTo(20);
        assertThat(name.bytes()).isEqualTo(60);
        assertThat(table.column("body").orElseThrow().bytes()).isEqualTo(65_535);
        assertThat(table.column("raw").orElseThrow().bytes()).isEqualTo(30);
        assertThat(table.column("at").orElseThrow().fraction()).isEqualTo(3);
        assertThat(table.column("twice").orElseThrow().generated()).isTrue();
        assertThat(table.column("at").orElseThrow().generated()).isFalse();
        assertThat(table.column("hidden").orElseThrow().invisible()).isTrue();
    }

    @Test
    void keysAreReadWithTheirRules() throws SQLException {
        schema.execute(
                "CREATE TABLE parent (a INT, b INT, PRIMARY KEY (a, b), UNIQUE KEY one_b (b))",
                "CREATE TABLE child (id INT PRIMARY KEY, a INT, b INT, CONSTRAINT f FOREIGN KEY (a, b)"
                        + " REFERENCES parent (a, b) ON DELETE CASCADE ON UPDATE SET NULL)");
        TableDefinition parent = read("parent").orElseThrow();
        TableDefinition child = read("child").orElseThrow();
        ForeignKey key =
                new ForeignKey("f", schema.name() + ".child", schema.name() + ".parent", "CASCADE", "SET NULL");
        assertThat(key.writesChild()).isTrue();
        assertThat(parent.primaryKey()).containsExactly("a", "b");
        assertThat(parent.uniqueKeys()).isEqualTo(Map.of("one_b", List.of("b")));
        assertThat(parent.foreignKeysOnto()).containsExactly(key);
        assertThat(parent.foreignKeysFrom()).isEmpty();
        assertThat(child.foreignKeysFrom()).containsExactly(key);
        assertThat(child.foreignKeysOnto()).isEmpty();
        assertThat(child.uniqueKeys()).isEmpty();
    }

    @Test
    void foreignKeyWithoutRulesDoesNotWriteTheChild() throws SQLException {
        schema.execute(
                "CREATE TABLE parent (a INT PRIMARY KEY)",
                "CREATE TABLE child (id INT PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES parent (a))");
        assertThat(read("child").orElseThrow().foreignKeysFrom())
                .singleElement()
                .satisfies(key -> assertThat(key.writesChild()).isFalse());
    }

    @Test
    void accountThatMayOnlySelectSeesItsOwnForeignKeys() throws SQLException {
        schema.execute(
                "CREATE TABLE parent (a INT PRIMARY KEY)",
                "CREATE TABLE child (id INT PRIMARY KEY, a INT, UNIQUE KEY u (a), FOREIGN KEY (a)"
                        + " REFERENCES parent (a) ON DELETE CASCADE)",
                "CREATE USER reader IDENTIFIED BY 'reader'",
                "GRANT SELECT ON child TO reader");
        try (Connection connection = schema.server().connect("reader", "reader")) {
            TableDefinition child =
                    TableDefinition.read(connection, schema.name(), "child").orElseThrow();
            assertThat(child.foreignKeysFrom())
                    .singleElement()
                    .satisfies(key -> assertThat(key.writesChild()).isTrue());
            assertThat(child.uniqueKeys()).containsOnlyKeys("u");
            assertThat(TableDefinition.read(connection, schema.name(), "parent"))
                    .isEmpty();
        } finally {
            schema.execute("DROP USER reader");
        }
    }
}
