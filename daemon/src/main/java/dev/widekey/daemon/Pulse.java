package dev.widekey.daemon;

import dev.widekey.daemon.service.Notify;
import dev.widekey.daemon.service.Terminal;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.status.Observation;
import dev.widekey.daemon.status.Snapshot;
import dev.widekey.daemon.throttle.LiveSettings;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens at regular intervals while the migration runs: the lease is renewed, the flags, the stored settings and the target table are looked at, and the recurring status line is said
 * to the log, to a terminal and to the service manager.
 */
final class Pulse implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger("status");

    private static final long SWITCH_SECONDS = 1;
    private static final long LOOK_SECONDS = 1;
    private static final long LEASE_SECONDS = 3;
    private static final long STATUS_SECONDS = 5;
    private static final long TABLE_SECONDS = 5;

    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "pulse");
        thread.setDaemon(true);
        return thread;
    });

    Pulse(
            Observation observation,
            Lease lease,
            List<CachedSwitch> switches,
            LiveSettings settings,
            RoutingWatch routing,
            FlipWatch followers,
            RunwayWatch runway,
            TargetWatch targetTable,
            QuarantineWatch quarantine,
            Notify notify,
            Terminal terminal) {
        every(LEASE_SECONDS, 0, lease);
        switches.forEach(flag -> every(SWITCH_SECONDS, 0, flag::refresh));
        every(SWITCH_SECONDS, SWITCH_SECONDS, settings::refresh);
        every(SWITCH_SECONDS, SWITCH_SECONDS, routing);
        every(SWITCH_SECONDS, SWITCH_SECONDS, followers);
        every(TABLE_SECONDS, SWITCH_SECONDS, runway);
        every(TABLE_SECONDS, TABLE_SECONDS, targetTable);
        every(SWITCH_SECONDS, 0, quarantine);
        every(LOOK_SECONDS, LOOK_SECONDS, () -> show(observation.look(), terminal));
        every(STATUS_SECONDS, STATUS_SECONDS, () -> tell(observation.last(), notify, terminal));
    }

    private void every(long seconds, long first, Runnable task) {
        // A task that throws would never be called again, and nobody would hear of it.
        Runnable survivor = () -> {
            try {
                task.run();
            } catch (RuntimeException | Error failure) {
                log.error("{}", failure.getMessage(), failure);
            }
        };
        ScheduledFuture<?> ignored = threads.scheduleWithFixedDelay(survivor, first, seconds, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static void show(Snapshot status, Terminal terminal) {
        if (status.phase() == Phase.BACKFILL) {
            terminal.show(status.fraction(), status.pace());
        } else {
            terminal.close();
        }
    }

    private static void tell(Snapshot status, Notify notify, Terminal terminal) {
        // Where a bar is drawn the line would tear it apart, and says the same.
        if (!terminal.isDrawing()) {
            log.info("{}", status.line());
        }
        notify.status(status.line());
        if (!status.failed() && (status.ready() || status.throttle().isPresent())) {
            notify.alive();
        }
    }
}
