package dev.widekey.sandbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.sandbox.bench.Contender.FailedException;
import dev.widekey.sandbox.csmh.World;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy that is not right makes the whole run wrong. */
class HistoryIT {
    @Test
    void aCopyIsRightOnlyWithEveryRowAndEveryByte(@TempDir Path folder) throws Exception {
        Path repository = Path.of("..", "..").toAbsolutePath().normalize();
        try (Servers servers = Servers.start(repository, folder, "128M")) {
            History history = History.build(servers, 500);
            servers.reset();
            Lap lap = new FloorCopy().copy(servers);
            assertThat(lap.seconds()).isPositive();
            assertThatCode(() -> history.check("floor", World.EXTENDED_TABLE)).doesNotThrowAnyException();

            change(servers, "UPDATE " + World.EXTENDED_TABLE + " SET state = CONCAT(state, ' ') ORDER BY id LIMIT 1");
            assertThatThrownBy(() -> history.check("floor", World.EXTENDED_TABLE))
                    .isInstanceOf(FailedException.class)
                    .hasMessageContaining("floor left 500 rows");

            change(servers, "DELETE FROM " + World.EXTENDED_TABLE + " ORDER BY id LIMIT 1");
            assertThatThrownBy(() -> history.check("floor", World.EXTENDED_TABLE))
                    .isInstanceOf(FailedException.class)
                    .hasMessageContaining("floor left 499 rows");
        }
    }

    private static void change(Servers servers, String sql) throws Exception {
        try (Connection connection = servers.targetConnection();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isEqualTo(1);
        }
    }
}
