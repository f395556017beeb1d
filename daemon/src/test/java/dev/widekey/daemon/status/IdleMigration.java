package dev.widekey.daemon.status;

import dev.widekey.backfill.parity.ParityCheck;
import dev.widekey.backfill.parity.Side;
import dev.widekey.daemon.config.Pacing;
import dev.widekey.daemon.config.Rate;
import dev.widekey.daemon.cutover.Parity;
import dev.widekey.daemon.cutover.Rounds;
import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.merge.SourceActivity;
import dev.widekey.daemon.migration.Migration;
import dev.widekey.daemon.migration.Stream;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.throttle.CopyThrottle;
import dev.widekey.daemon.throttle.Governor;
import dev.widekey.daemon.throttle.Settings;
import io.github.resilience4j.retry.Retry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A migration without servers that has not begun, with all its meters registered. */
public final class IdleMigration implements AutoCloseable {
    private final Alarm alarm = new Alarm();
    private final Metrics metrics;

    /** What the meters look at: they themselves let it be collected. */
    private final List<Object> seen = new ArrayList<>();

    /** Registers the meters. */
    public IdleMigration(MeterRegistry registry) {
        registry.config().commonTags("migration", "csmh");
        Stream stream = new Stream(null, null, null, null, null, alarm, null, null);
        SourceActivity activity = new SourceActivity(System::nanoTime);
        Side side = new Side(null, "s", "t", "id", List.of("id"), List.of("`id`"));
        Governor governor = new Governor(new Settings(Pacing.OFF, Rate.OFF, Rate.OFF, 1, 1), System::nanoTime);
        Parity parity = new Parity(
                new ParityCheck(side, side, stream, governor, Retry.ofDefaults("compare"), 1, 1),
                null,
                null,
                null,
                null);
        Rounds rounds = new Rounds(turns -> null, governor, activity, parity, System::nanoTime);
        CopyThrottle throttle = new CopyThrottle(stream::status, () -> false, Duration.ofSeconds(1), governor, alarm);
        Migration migration = new Migration(
                null,
                null,
                null,
                stream,
                windows -> null,
                null,
                null,
                null,
                null,
                rounds,
                throttle,
                Optional::empty,
                null,
                alarm);
        Observation observation = new Observation(
                "csmh",
                3,
                migration,
                stream,
                throttle,
                parity,
                rounds,
                () -> Optional.of(EntryLog.Counts.NONE),
                Optional::empty,
                alarm,
                System::nanoTime);
        seen.addAll(List.of(observation, migration, stream, rounds, governor));
        this.metrics = new Metrics(registry, observation, migration, stream, governor);
    }

    /** Its alarm, silent so far. */
    public Alarm alarm() {
        return alarm;
    }

    @Override
    public void close() {
        metrics.close();
        seen.clear();
    }
}
