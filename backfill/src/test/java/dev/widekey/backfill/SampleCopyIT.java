package dev.widekey.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.backfill.SampleCopy.Copied;
import dev.widekey.sandbox.mysql.TestSchema;
import dev.widekey.sandbox.mysql.TestServers;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SampleCopyIT {
    private final DataSource source = Sessions.on(TestServers.source());
    private final Collection<Long> keys = new ConcurrentSkipListSet<>();
    private TestSchema schema;
    private SourceTable table;

    @BeforeEach
    void create() throws Exception {
        schema = TestSchema.on(TestServers.source(), "sample");
        schema.execute("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v LONGTEXT)");
        table = new SourceTable(schema.name(), "t", "id", List.of("id", "v"));
    }

    @AfterEach
    void drop() throws Exception {
        schema.close();
    }

    @Test
    void eachRangeGivesItsLowestRowsAndNoMoreThanAreWanted() throws Exception {
        insert(1, 1_000, "''");

        List<Copied> copied = copy(64).run(SampleRange.of(source, table, 4, 400));

        assertThat(copied).extracting(Copied::rows).containsExactly(100L, 100L, 100L, 100L);
        assertThat(copied).extracting(Copied::whole).containsOnly(false);
        assertThat(copied).extracting(Copied::upTo).containsExactly(100L, 349L, 598L, 847L);
        assertThat(copied).allSatisfy(range -> assertThat(range.busy()).isPositive());
        assertThat(keys)
                .containsExactlyElementsOf(LongStream.of(1, 250, 499, 748)
                        .flatMap(from -> LongStream.range(from, from + 100))
                        .boxed()
                        .toList());
        assertThat(copied.get(0).bytes()).isEqualTo(9 + 2 * 90 + 3);
    }

    @Test
    void aTableThatIsSmallerThanTheSampleIsCopiedWhole() throws Exception {
        insert(1, 50, "'x'");
        insert(1_000_001, 50, "'x'");

        List<Copied> copied = copy(7).run(SampleRange.of(source, table, 10, 10_000));

        assertThat(copied).extracting(Copied::whole).containsOnly(true);
        assertThat(copied).extracting(Copied::rows).containsExactly(50L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 50L);
        assertThat(keys).hasSize(100);
    }

    @Test
    void aChunkThatIsTooLargeForOneTransactionIsCopiedInParts() throws Exception {
        insert(1, 20, "REPEAT('x', 3000000)");

        List<Copied> copied = copy(20).run(List.of(new SampleRange(1, 20, 20)));

        assertThat(copied).extracting(Copied::rows).containsExactly(20L);
        assertThat(copied.get(0).bytes()).isEqualTo(20 * 3_000_000 + 9 + 22);
        assertThat(keys).hasSize(20);
    }

    @Test
    void anEmptyTableHasNoRange() throws Exception {
        assertThat(SampleRange.of(source, table, 10, 100)).isEmpty();
        assertThat(copy(10).run(List.of())).isEmpty();
    }

    @Test
    void theFirstFailureEndsAllWorkers() throws Exception {
        insert(1, 1_000, "''");
        SampleCopy failing = new SampleCopy(
                source,
                table,
                chunk -> new Collecting() {
                    @Override
                    public void commit() throws SQLException {
                        throw new SQLException("no room");
                    }
                },
                Throttle.NONE,
                once(),
                ChunkSize.fixed(10),
                3);

        assertThatThrownBy(() -> failing.run(SampleRange.of(source, table, 4, 400)))
                .isInstanceOf(SQLException.class)
                .hasMessage("no room");
    }

    private SampleCopy copy(int chunkRows) {
        return new SampleCopy(
                source, table, chunk -> new Collecting(), Throttle.NONE, once(), ChunkSize.fixed(chunkRows), 3);
    }

    private static Retry once() {
        return Retry.of("copy", RetryConfig.custom().maxAttempts(1).build());
    }

    private void insert(int from, int rows, String value) throws SQLException {
        schema.execute("INSERT INTO t WITH RECURSIVE n (i) AS (SELECT " + from
                + " UNION ALL SELECT i + 1 FROM n WHERE i < " + (from + rows - 1) + ") SELECT i, " + value + " FROM n");
    }

    /** Keeps the keys of what is committed. */
    private class Collecting implements Window {
        private final List<Long> open = new ArrayList<>();

        @Override
        public void awaitVisible(Connection connection) {}

        @Override
        public void insert(RowBatch batch) {
            for (int row = 0; row < batch.size(); row++) {
                open.add(batch.number(row, 0));
            }
        }

        @Override
        public void commit() throws SQLException {
            keys.addAll(open);
        }

        @Override
        public void close() {}
    }
}
