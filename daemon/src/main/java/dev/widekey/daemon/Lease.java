package dev.widekey.daemon;

import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.throttle.CommitLatency;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews the lease, on a connection of its own, so that a busy pool cannot make this process look dead. Used by one thread. */
final class Lease implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Lease.class);

    private final Ownership ownership;
    private final CommitLatency latency;
    private final Alarm alarm;

    Lease(Ownership ownership, CommitLatency latency, Alarm alarm) {
        this.ownership = ownership;
        this.latency = latency;
        this.alarm = alarm;
    }

    @Override
    public void run() {
        try {
            CrashPoint.BEFORE_LEASE.reached();
            latency.begins();
            ownership.renew();
            latency.ends();
            CrashPoint.AFTER_LEASE.reached();
        } catch (HaltException lost) {
            alarm.raise(lost);
        } catch (SQLException failure) {
            // Not fatal: should another process take over meanwhile, the epoch check stops this one.
            latency.fails("the lease could not be renewed");
            log.warn("the lease could not be renewed, trying again: {}", failure.getMessage());
        }
    }
}
