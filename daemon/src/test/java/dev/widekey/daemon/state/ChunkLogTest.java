package dev.widekey.daemon.state;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.backfill.Chunk;
import dev.widekey.backfill.KeyRange;
import dev.widekey.daemon.database.Database;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class ChunkLogTest {
    private static final Retry NOBODY_WAITS = Retry.of(
            "plan", RetryConfig.custom().retryOnException(failure -> false).build());

    @Test
    void aServerThatIsAwayWhileTheProcessStopsIsNoReasonToHalt() {
        SQLException away = new SQLTransientConnectionException("away", "08001");
        assertThatThrownBy(() -> chunks(away).add(new Chunk(0, KeyRange.ALL))).isSameAs(away);
        assertThatThrownBy(() -> chunks(away).uncopied()).isSameAs(away);
    }

    @Test
    void aStateThatCannotBeReadHalts() {
        SQLException broken = new SQLException("no such table", "42S02", 1146);
        assertThatThrownBy(() -> chunks(broken).last()).isInstanceOf(HaltException.class);
    }

    private static ChunkLog chunks(SQLException failure) {
        DataSource failing = (DataSource) Proxy.newProxyInstance(
                ChunkLogTest.class.getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    throw failure;
                });
        Database target = new Database("target", null, new Database.Owner("m", "i"), failing, () -> {
            throw failure;
        });
        return new ChunkLog(target, new StateSchema("w"), "m", null, NOBODY_WAITS);
    }
}
