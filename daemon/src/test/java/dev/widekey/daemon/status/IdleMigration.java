package dev.widekey.daemon.status;

import dev.widekey.backfill.parity.ParityCheck;
import dev.widekey.backfill.parity.Side;
import dev.widekey.daemon.config.CutoverMode;
import dev.widekey.daemon.config.Pacing;
import dev.widekey.daemon.config.Rate;
import dev.widekey.daemon.cutover.Cutover;
import dev.widekey.daemon.cutover.Parity;
import dev.widekey.daemon.cutover.Pause;
import dev.widekey.daemon.cutover.Rounds;
import dev.widekey.daemon.forecast.Forecast;
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
import java.util.function.Supplier;

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
        CopyThrottle throttle =
                new CopyThrottle(stream::status, () -> false, Optional::empty, Duration.ofSeconds(1), governor, alarm);
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
                new Cutover(CutoverMode.FENCED, null, null, null, Optional.empty(), Optional.empty(), null, null),
                alarm);
        Observation observation = new Observation(
                "csmh",
                3,
                migration,
                () -> stream,
                throttle,
                parity,
                rounds,
                () -> Optional.of(EntryLog.Counts.NONE),
                () -> Forecast.UNKNOWN,
                Optional::empty,
                Optional::empty,
                alarm,
                System::nanoTime);
        Pause pause = new Pause(System::nanoTime);
        Supplier<Stream> streams = () -> stream;
        Supplier<Runway> runway = () -> Runway.UNKNOWN;
        seen.addAll(List.of(runway, observation, migration, stream, streams, rounds, governor, pause));
        this.metrics = new Metrics(registry, observation, migration, streams, governor, pause, runway);
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
