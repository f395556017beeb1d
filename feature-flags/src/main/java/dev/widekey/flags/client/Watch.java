package dev.widekey.flags.client;

import dev.widekey.flags.ack.Acknowledgements;
import dev.widekey.flags.ack.Versions;
import io.github.resilience4j.retry.Retry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Talks to the two stores for one instance: heartbeat, reading, acknowledging. Thread-safe; one thread at a time talks.
 */
final class Watch {

    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    private final FlagReader reader;
    private final Acknowledgements acknowledgements;
    private final String instance;
    private final Duration lease;
    private final Trips trips;
    private final LongSupplier nanoTime;
    private final Retry retry = Retry.of("heartbeat", FlagReader.BRIEFLY);
    private final ReentrantLock talking = new ReentrantLock();
    private long lastRead;
    private boolean failing;

    Watch(
            FlagReader reader,
            Acknowledgements acknowledgements,
            String instance,
            Duration lease,
            Trips trips,
            LongSupplier nanoTime) {
        this.reader = reader;
        this.acknowledgements = acknowledgements;
        this.instance = instance;
        this.lease = lease;
        this.trips = trips;
        this.nanoTime = nanoTime;
        this.lastRead = nanoTime.getAsLong() - 1;
    }

    /**
     * One heartbeat, and the flags read behind it. In this order: a flip that the read misses is younger than the heartbeat, and
     * whoever waits for acknowledgements after it finds this instance alive. A failure leaves everything as it is, so the lease runs
     * out.
     */
    void beat() {
        talking.lock();
        try {
            long sent = nanoTime.getAsLong();
            Versions told = tell();
            lastRead = nanoTime.getAsLong();
            trips.renew(reader.read(), sent);
            if (!trips.acts().equals(told)) {
                tell();
            }
            if (failing) {
                failing = false;
                LOG.info("instance {} has read the flags again", instance);
            }
        } catch (RuntimeException failure) {
            failed(failure);
        } finally {
            talking.unlock();
        }
    }

    /**
     * Reads the flags unless that was begun since a moment. Returns without having read when the store does not answer.
     *
     * @param moment by the monotonic clock
     */
    void refresh(long moment, Duration patience) {
        try {
            if (!talking.tryLock(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            if (lastRead - moment <= 0) {
                lastRead = nanoTime.getAsLong();
                trips.adopt(reader.read());
            }
        } catch (RuntimeException failure) {
            failed(failure);
        } finally {
            talking.unlock();
        }
    }

    /** Tells the store that this instance has ended. */
    void leave() {
        talking.lock();
        try {
            acknowledgements.leave(instance);
        } finally {
            talking.unlock();
        }
    }

    private Versions tell() {
        Versions acts = trips.acts();
        retry.executeRunnable(() -> acknowledgements.acknowledge(instance, acts, lease));
        return acts;
    }

    private void failed(RuntimeException failure) {
        if (!failing) {
            failing = true;
            LOG.warn(
                    "instance {} cannot confirm the flags and goes by those it knows, at most {} ms: {}",
                    instance,
                    lease.toMillis(),
                    failure.toString());
        }
    }
}
