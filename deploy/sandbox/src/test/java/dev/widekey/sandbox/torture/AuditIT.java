package dev.widekey.sandbox.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.csmh.CrudeCopy;
import dev.widekey.sandbox.csmh.HistoryRow;
import dev.widekey.sandbox.csmh.Side;
import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.demo.DaemonFiles;
import dev.widekey.sandbox.mysql.MySqlServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditIT {
    private static final Content CONTENT = new Content(7, 500);
    private static final LoadedKeys KEYS = new LoadedKeys(300);
    private static final long FIRST_NEW = 10_000;
    private static final long HERE = 41;
    private static final long FREE = 44;

    private static MySqlServer source;
    private static MySqlServer target;

    @TempDir
    static Path folder;

    private final Truth truth = new Truth();
    private Arena arena;

    @BeforeAll
    static void start() {
        source = MySqlServer.start();
        target = MySqlServer.start();
    }

    @AfterAll
    static void stop() {
        source.close();
        target.close();
    }

    @BeforeEach
    void copy() throws Exception {
        arena = new Arena(
                source,
                target,
                new DaemonFiles(Path.of("../..").toAbsolutePath().normalize(), 100),
                folder);
        arena.clear(false);
        arena.load(KEYS, truth, CONTENT);
        CrudeCopy.run(arena.world(), FIRST_NEW);
    }

    @Test
    void aFaithfulCopyIsClean() throws Exception {
        Audit audit = audit();

        assertThat(audit.isClean()).as(audit.toString()).isTrue();
        assertThat(audit.rows()).isEqualTo(300);
    }

    @Test
    void comparingNothingIsNotClean() {
        assertThat(new Audit(0, List.of(), List.of(), List.of(), List.of()).isClean())
                .isFalse();
    }

    @Test
    void anAcknowledgedRowThatIsNotThereIsLost() throws Exception {
        onTarget("DELETE FROM %s WHERE id = " + HERE);

        assertThat(audit()).returns(List.of(HERE), Audit::lost).returns(false, Audit::isClean);
    }

    @Test
    void aDeletedRowThatIsBackIsAGhost() throws Exception {
        onSource("DELETE FROM %s WHERE id = " + HERE);
        truth.acknowledged(Side.OLD, Map.of(HERE, Truth.ABSENT), 1);

        assertThat(audit()).returns(List.of(HERE), Audit::ghosts).returns(false, Audit::isClean);
    }

    @Test
    void aRowNobodyWroteIsAGhost() throws Exception {
        onTarget("INSERT INTO %s (id, student_module_id, created) VALUES (" + FREE + ", 1, NOW())");

        assertThat(audit()).returns(List.of(FREE), Audit::ghosts).returns(false, Audit::isClean);
    }

    @Test
    void aRowOfATransactionThatWasRolledBackIsAGhost() throws Exception {
        long stamp = truth.nextStamp();
        truth.failed(List.of(stamp));
        write(HERE, stamp);

        assertThat(audit()).returns(List.of(HERE), Audit::ghosts).returns(false, Audit::isClean);
    }

    @Test
    void anOlderContentIsStale() throws Exception {
        write(HERE, truth.of(Side.OLD).get(42L));

        assertThat(audit()).returns(List.of(HERE), Audit::stale).returns(false, Audit::isClean);
    }

    @Test
    void oneByteMoreIsStale() throws Exception {
        onTarget("UPDATE %s SET state = CONCAT(COALESCE(state, ''), ' ') WHERE id = " + HERE);
        onTarget("UPDATE %s SET created = created + INTERVAL 1 MICROSECOND WHERE id = 42");

        assertThat(audit()).returns(List.of(HERE, 42L), Audit::stale).returns(false, Audit::isClean);
    }

    @Test
    void aKeyGivenToTwoRowsLosesOneOfThem() throws Exception {
        truth.acknowledged(Side.EXTENDED, Map.of(HERE, truth.nextStamp()), 1);

        assertThat(audit().lost()).contains(HERE);
    }

    @Test
    void aSourceThatIsNotAsItsWritersWereToldProvesNothing() throws Exception {
        onSource("UPDATE %s SET grade = 12.5 WHERE id = " + HERE);
        onSource("DELETE FROM %s WHERE id = 42");

        assertThat(audit()).returns(List.of(HERE, 42L), Audit::wrongSource).returns(false, Audit::isClean);
    }

    @Test
    void whatATransactionLeftIsReadAfterwards() throws Exception {
        try (Connection connection = arena.world().sourceConnection();
                Connection fresh = arena.world().sourceConnection()) {
            connection.setAutoCommit(false);
            Unit unit = new Unit(connection, Side.OLD, truth, CONTENT);
            unit.move(HERE, FREE);
            unit.deleteAll(List.of(42L));
            connection.rollback();
            assertThat(unit.happened(fresh)).isFalse();

            Unit again = new Unit(connection, Side.OLD, truth, CONTENT);
            again.move(HERE, FREE);
            again.deleteAll(List.of(42L));
            connection.commit();
            assertThat(again.happened(fresh)).isTrue();
        }
    }

    private Audit audit() throws Exception {
        return Audit.of(arena.world(), truth, CONTENT);
    }

    private void write(long id, long stamp) throws Exception {
        HistoryRow row = CONTENT.row(id, stamp);
        try (Connection connection = target.connect(arena.world().targetSchema());
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE " + World.EXTENDED_TABLE
                                + " SET student_module_id = ?, version = ?, created = ?, state = ?, grade = ?, max_grade = ? WHERE id = ?")) {
            update.setLong(1, row.studentModule());
            update.setLong(2, stamp);
            update.setObject(3, row.created());
            update.setBytes(4, row.stateBytes());
            update.setObject(5, row.grade());
            update.setObject(6, row.maxGrade());
            update.setLong(7, id);
            assertThat(update.executeUpdate()).isOne();
        }
    }

    private void onTarget(String sql) throws Exception {
        target.execute(sql.formatted(arena.world().targetSchema() + "." + World.EXTENDED_TABLE));
    }

    private void onSource(String sql) throws Exception {
        source.execute(sql.formatted(arena.world().sourceSchema() + "." + World.OLD_TABLE));
    }
}
