package dev.widekey.daemon.status;

import dev.widekey.backfill.Progress;
import dev.widekey.cdc.FeedStatus;
import dev.widekey.daemon.cutover.Parity;
import dev.widekey.daemon.cutover.Rounds;
import dev.widekey.daemon.forecast.Forecast;
import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.migration.Migration;
import dev.widekey.daemon.migration.Stream;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.throttle.CopyThrottle;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Looks at the running migration. {@link #look} is called at regular intervals by one thread and makes the rates; {@link #last} is what it saw,
 * for any thread.
 */
public final class Observation {
    private static final double SMOOTHING = 0.15;

    private final String migrationId;
    private final long epoch;
    private final Migration migration;
    private final Supplier<Stream> streams;
    private final CopyThrottle throttle;
    private final Parity parity;
    private final Rounds rounds;
    private final Supplier<Optional<EntryLog.Counts>> quarantine;
    private final Supplier<Forecast> forecast;
    private final Supplier<Optional<Followed>> flip;
    private final Supplier<Optional<String>> flags;
    private final Alarm alarm;
    private final LongSupplier nanoTime;

    private final Rate copying = new Rate();
    private final Rate applying = new Rate();
    private final Rate handingOut = new Rate();
    private long lookedAt;
    private volatile Snapshot last;

    /**
     * A first look is taken at once.
     *
     * @param flags what a flip waits for; empty when it waits for nothing
     */
    public Observation(
            String migrationId,
            long epoch,
            Migration migration,
            Supplier<Stream> streams,
            CopyThrottle throttle,
            Parity parity,
            Rounds rounds,
            Supplier<Optional<EntryLog.Counts>> quarantine,
            Supplier<Forecast> forecast,
            Supplier<Optional<Followed>> flip,
            Supplier<Optional<String>> flags,
            Alarm alarm,
            LongSupplier nanoTime) {
        this.migrationId = migrationId;
        this.epoch = epoch;
        this.migration = migration;
        this.streams = streams;
        this.throttle = throttle;
        this.parity = parity;
        this.rounds = rounds;
        this.quarantine = quarantine;
        this.forecast = forecast;
        this.flip = flip;
        this.flags = flags;
        this.alarm = alarm;
        this.nanoTime = nanoTime;
        this.lookedAt = nanoTime.getAsLong();
        this.last = snapshot();
    }

    /** Looks again. */
    public Snapshot look() {
        long now = nanoTime.getAsLong();
        double seconds = (now - lookedAt) / 1e9;
        lookedAt = now;
        if (seconds > 0) {
            Progress progress = progress();
            copying.sample((double) progress.rows(), seconds);
            applying.sample((double) streams.get().applied(), seconds);
            handingOut.sample(progress.fraction() * 1e9, seconds);
        }
        last = snapshot();
        return last;
    }

    /** What the last look saw. */
    public Snapshot last() {
        return last;
    }

    private Snapshot snapshot() {
        Phase phase = migration.phase();
        Progress progress = progress();
        Stream stream = streams.get();
        Optional<FeedStatus> feed = stream.status();
        return new Snapshot(
                migrationId,
                phase,
                epoch,
                phase.isCopied() ? 1 : progress.fraction(),
                progress.rows(),
                copying.perSecond,
                stream.applied(),
                applying.perSecond,
                feed.flatMap(FeedStatus::lag),
                phase.streams() ? throttle.reason() : Optional.empty(),
                phase == Phase.BACKFILL ? eta(progress) : Optional.empty(),
                migration.building(),
                migration.waitsFor().or(flags),
                quarantine.get(),
                forecast.get(),
                flip.get(),
                parity.compared(),
                rounds.progress(),
                !alarm.isRaised()
                        && (!(phase.streams() || phase.returns())
                                || feed.map(FeedStatus::connected).orElse(false)),
                alarm.isRaised());
    }

    private Progress progress() {
        return migration.backfill().map(copy -> copy.progress()).orElse(new Progress(0, 0, 0, 0, 0));
    }

    private Optional<Duration> eta(Progress progress) {
        double left = (1 - progress.fraction()) * 1e9;
        return progress.fraction() < 0.01 || handingOut.perSecond <= 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis((long) (left / handingOut.perSecond * 1000)));
    }

    /** A smoothed difference quotient. */
    private static final class Rate {
        private double before;
        private double perSecond;

        void sample(double total, double seconds) {
            double now = (total - before) / seconds;
            before = total;
            perSecond = perSecond == 0 ? now : SMOOTHING * now + (1 - SMOOTHING) * perSecond;
        }
    }
}
