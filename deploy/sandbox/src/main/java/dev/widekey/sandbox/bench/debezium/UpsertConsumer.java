package dev.widekey.sandbox.bench.debezium;

import io.debezium.data.Envelope;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** Writes rows by upserts that the driver joins into statements of many rows, one transaction per batch of the engine. */
final class UpsertConsumer implements Consumer {
    private final EngineJob job;
    private final Connection connection;
    private final PreparedStatement upsert;
    private final Stopwatch first = Stopwatch.start();
    private long taken;
    private volatile long committed;

    UpsertConsumer(EngineJob job) throws SQLException {
        this.job = job;
        this.connection = DriverManager.getConnection(job.targetUrl(), job.user(), job.password());
        connection.setAutoCommit(false);
        this.upsert = connection.prepareStatement(
                "INSERT INTO " + job.targetTable()
                        + " (id, student_module_id, version, created, state, grade, max_grade) VALUES (?, ?, ?, ?, ?, ?, ?)"
                        + " ON DUPLICATE KEY UPDATE student_module_id = VALUES(student_module_id), version = VALUES(version),"
                        + " created = VALUES(created), state = VALUES(state), grade = VALUES(grade), max_grade = VALUES(max_grade)");
    }

    @Override
    public void take(SourceRecord record) {
        if (!(record.value() instanceof Struct value)
                || value.schema().field(Envelope.FieldName.AFTER) == null
                || !(value.get(Envelope.FieldName.AFTER) instanceof Struct row)
                || row.schema().field("student_module_id") == null) {
            return;
        }
        try {
            upsert.setLong(1, row.getInt32("id"));
            upsert.setLong(2, row.getInt32("student_module_id"));
            upsert.setString(3, row.getString("version"));
            long created = row.getInt64("created");
            upsert.setObject(4, LocalDateTime.ofEpochSecond(Math.floorDiv(created, 1_000L), 0, ZoneOffset.UTC));
            upsert.setString(5, row.getString("state"));
            upsert.setObject(6, row.getFloat64("grade"));
            upsert.setObject(7, row.getFloat64("max_grade"));
            upsert.addBatch();
            taken++;
        } catch (SQLException e) {
            throw new IllegalStateException("cannot write to " + job.targetTable(), e);
        }
    }

    @Override
    public void flush() {
        if (taken == committed) {
            return;
        }
        try {
            upsert.executeBatch();
            connection.commit();
            committed = taken;
        } catch (SQLException e) {
            throw new IllegalStateException("cannot write to " + job.targetTable(), e);
        }
    }

    @Override
    public boolean isDone() {
        return committed >= job.rows();
    }

    @Override
    public Stopwatch sinceFirst() {
        return first;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
