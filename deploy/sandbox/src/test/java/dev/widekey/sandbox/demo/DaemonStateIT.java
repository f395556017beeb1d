package dev.widekey.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.sandbox.csmh.Flags;
import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.mysql.TestServers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DaemonStateIT {
    private final World world = World.named(TestServers.source(), TestServers.target(), "state");
    private final DaemonState state = new DaemonState(world);
    private final String schema = world.stateSchema();

    @BeforeEach
    void create() throws Exception {
        world.create();
    }

    @AfterEach
    void drop() throws Exception {
        world.drop();
    }

    @Test
    void everythingIsEmptyBeforeTheDaemonRan() throws Exception {
        assertThat(state.phase()).isEmpty();
        assertThat(state.phases()).isEmpty();
        assertThat(state.copiedChunks()).isZero();
        assertThat(state.flagHistory()).containsExactly(Flags.DEFAULT);
        assertThat(world.flags()).isEqualTo(Flags.DEFAULT);
    }

    @Test
    void flagHistoryIsTheSequenceOfPairs() throws Exception {
        world.target()
                .execute(
                        "CREATE DATABASE " + schema,
                        "CREATE TABLE " + schema
                                + ".flag_history (seq BIGINT AUTO_INCREMENT PRIMARY KEY, migration VARCHAR(64),"
                                + " name VARCHAR(128), enabled BOOLEAN)");
        for (String write : new String[] {
            "'csmh', 'ENABLE_CSMH_EXTENDED', FALSE",
            "'csmh', 'widekey.pause', TRUE",
            "'other', 'ENABLE_CSMH_EXTENDED', FALSE",
            "'csmh', 'ENABLE_CSMH_EXTENDED', TRUE",
            "'csmh', 'ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES', FALSE"
        }) {
            world.target()
                    .execute("INSERT INTO " + schema + ".flag_history (migration, name, enabled) VALUES (" + write
                            + ")");
        }

        assertThat(state.flagHistory()).isEqualTo(Flags.STAGES);
    }

    @Test
    void killsComeInOrderWhenTheirMomentHasCome() throws Exception {
        world.target()
                .execute(
                        "CREATE DATABASE " + schema,
                        "CREATE TABLE " + schema + ".migration (id VARCHAR(32) PRIMARY KEY, phase VARCHAR(32))",
                        "CREATE TABLE " + schema + ".chunk (migration VARCHAR(32), number BIGINT, copied BOOLEAN)",
                        "INSERT INTO " + schema + ".migration VALUES ('csmh', 'BACKFILL')");
        KillPlan plan = new KillPlan(7, 40, 1);
        int early = 0;
        while (plan.isDue(state, 1)) {
            early++;
        }
        assertThat(early).isZero();

        world.target().execute("INSERT INTO " + schema + ".chunk VALUES ('csmh', 1, TRUE)");
        while (plan.isDue(state, 1)) {
            early++;
        }
        assertThat(early).as("kills while copying").isBetween(12, 36);

        world.target().execute("UPDATE " + schema + ".migration SET phase = 'DRAIN'");
        long now = 1;
        while (plan.done() < 40 && now < Duration.ofMinutes(10).toNanos()) {
            plan.isDue(state, now);
            now += Duration.ofMillis(500).toNanos();
        }
        assertThat(plan.done()).isEqualTo(40);
        assertThat(plan.isDue(state, now)).isFalse();
    }
}
