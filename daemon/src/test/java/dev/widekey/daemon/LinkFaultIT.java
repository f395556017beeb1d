package dev.widekey.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.widekey.sandbox.demo.DaemonProcess;
import dev.widekey.sandbox.fault.FaultProxy;
import dev.widekey.sandbox.fault.Link;
import dev.widekey.sandbox.fault.LinkFault;
import dev.widekey.sandbox.mysql.TestServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every fault of every link, one after the other, while an application writes: the daemon says so, goes on, and loses nothing. */
@Timeout(300)
class LinkFaultIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROWS = 150_000;
    private static final String POSITION = "SELECT position FROM stream";

    private FaultProxy source;
    private FaultProxy target;
    private SmallWorld world;

    @BeforeEach
    void create() throws Exception {
        source = FaultProxy.to(TestServers.source());
        target = FaultProxy.to(TestServers.target());
        world = new SmallWorld(TestServers.source(), TestServers.target(), source.front(), target.front());
        world.fill(ROWS);
    }

    @AfterEach
    void drop() throws Exception {
        world.close();
        source.close();
        target.close();
    }

    @Test
    void faultsBetweenSourceAndCopyLoseNothing() throws Exception {
        // Nothing is written to the source, so nothing is committed there.
        String log = whileCopying(
                source,
                Link.SQL,
                EnumSet.of(LinkFault.CUT_INSIDE_TRANSACTION, LinkFault.CUT_BEFORE_COMMIT, LinkFault.EAT_COMMIT_ANSWER));
        assertThat(log).contains("copy failed, attempt");
    }

    @Test
    void faultsBetweenSourceAndStreamLoseNothing() throws Exception {
        String log = whileCopying(source, Link.BINLOG, EnumSet.of(LinkFault.EAT_COMMIT_ANSWER));
        assertThat(log).contains("The binlog reader is restarted").contains("nothing was heard from the source");
    }

    @Test
    void faultsBetweenDaemonAndTargetLoseNothing() throws Exception {
        String log = whileCopying(target, Link.SQL, EnumSet.noneOf(LinkFault.class));
        assertThat(log).contains("copy failed, attempt").contains("apply failed, attempt");
    }

    private String whileCopying(FaultProxy proxy, Link link, EnumSet<LinkFault> absent) throws Exception {
        Path config = world.config("cutover: {quiet: 1s, auto: false}", "backfill: {workers: 2, chunk-rows: 100}");
        try (DaemonProcess daemon = world.start(config)) {
            try (LiveWriter writer = LiveWriter.on(world.source, ROWS)) {
                world.awaitChunks(10);
                for (LinkFault fault : EnumSet.complementOf(absent)) {
                    strike(proxy, fault, link);
                    assertThat(daemon.isAlive())
                            .as("after %s: %s", fault, world.log())
                            .isTrue();
                }
                world.awaitPhase("READY");
                assertThat(writer.writes()).isPositive();
            }
            world.approve();
            SmallWorld.Ended done = world.end(daemon);
            assertThat(done.code()).as(done.output()).isZero();
        }
        assertThat(SmallWorld.rows(world.target)).isEqualTo(SmallWorld.rows(world.source));
        assertThat(world.flags()).isEqualTo("1,0");
        return world.log();
    }

    private void strike(FaultProxy proxy, LinkFault fault, Link link) throws Exception {
        long before = proxy.injected();
        proxy.inject(fault, link);
        await(fault + " on " + link).atMost(PATIENCE).until(() -> proxy.injected() > before);
        if (fault == LinkFault.BLACK_HOLE && link == Link.BINLOG) {
            world.awaitLog("nothing was heard from the source");
        }
        proxy.heal();
        if (fault.isLasting()) {
            Optional<String> position = world.state(POSITION);
            await("the stream after " + fault)
                    .atMost(PATIENCE)
                    .until(() -> !world.state(POSITION).equals(position));
        }
    }
}
