package dev.widekey.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.cdc.TableShape.Column;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableShapeTest {

    private static final Column ID = new Column("id", "int", "int", "", 0, false, false, true);
    private static final Column NAME = new Column("name", "varchar", "varchar(20)", "utf8mb3", -1, true, false, false);

    @Test
    void whatever_changes_a_row_image_changes_the_fingerprint() {
        String fingerprint = new TableShape(List.of(ID, NAME)).fingerprint();
        List<TableShape> others = List.of(
                new TableShape(List.of(NAME, ID)),
                new TableShape(List.of(ID)),
                with(new Column("other", "varchar", "varchar(20)", "utf8mb3", -1, true, false, false)),
                with(new Column("name", "varchar", "varchar(21)", "utf8mb3", -1, true, false, false)),
                with(new Column("name", "varchar", "varchar(20)", "latin1", -1, true, false, false)),
                with(new Column("name", "varchar", "varchar(20)", "utf8mb3", -1, false, false, false)),
                with(new Column("name", "varchar", "varchar(20)", "utf8mb3", -1, true, true, false)));
        assertThat(others)
                .extracting(TableShape::fingerprint)
                .doesNotContain(fingerprint)
                .doesNotHaveDuplicates();
    }

    private static TableShape with(Column second) {
        return new TableShape(List.of(ID, second));
    }

    @Test
    void equal_shapes_have_equal_fingerprints() {
        assertThat(new TableShape(List.of(ID, NAME)).fingerprint())
                .isEqualTo(new TableShape(List.of(ID, NAME)).fingerprint());
    }

    @Test
    void columns_are_found_without_regard_to_case() {
        assertThat(new TableShape(List.of(ID, NAME)).column("NAME")).contains(NAME);
        assertThat(new TableShape(List.of(ID, NAME)).column("nam")).isEmpty();
    }
}
