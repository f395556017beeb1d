package dev.widekey.daemon.status;

import dev.widekey.cdc.FeedStatus;
import dev.widekey.daemon.cutover.Pause;
import dev.widekey.daemon.migration.Migration;
import dev.widekey.daemon.migration.Stream;
import dev.widekey.daemon.quarantine.EntryLog;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.throttle.Governor;
import dev.widekey.daemon.throttle.Signal;
import dev.widekey.flags.ack.Strength;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The meters: each has a unit and a description; the registry gives all of them the migration as a label. */
public final class Metrics implements AutoCloseable {
    private final JvmGcMetrics gc = new JvmGcMetrics();

    /** Registers everything that can be read from the running migration. */
    public Metrics(
            MeterRegistry registry,
            Observation observation,
            Migration migration,
            Supplier<Stream> streams,
            Governor governor,
            Pause pause,
            Supplier<Runway> runway) {
        for (Phase phase : Phase.values()) {
            Gauge.builder("widekey.phase", migration, now -> now.phase() == phase ? 1 : 0)
                    .tags("phase", phase.name())
                    .description("1 for the phase the migration is in")
                    .register(registry);
        }
        gauge(registry, "widekey.ready", "1 while the daemon does its work", observation, s -> s.ready() ? 1 : 0);
        gauge(
                registry,
                "widekey.copied.ratio",
                "Share of the key space handed out for copying, an estimate",
                observation,
                Snapshot::fraction);
        gauge(
                registry,
                "widekey.throttled",
                "1 while the copy is held back",
                observation,
                s -> s.throttle().isPresent() ? 1 : 0);
        Gauge.builder("widekey.throttle.share", governor, Governor::share)
                .description("Share of its full speed at which the daemon may work, by the signals")
                .register(registry);
        for (Signal signal : Signal.values()) {
            Gauge.builder("widekey.throttle.signal.ratio", governor, now -> now.ratio(signal))
                    .tags("signal", signal.label())
                    .description("A signal divided by its limit; NaN when unknown or not read")
                    .register(registry);
        }
        Gauge.builder(
                        "widekey.stream.lag.seconds",
                        streams,
                        now -> now.get()
                                .status()
                                .flatMap(FeedStatus::lag)
                                .map(lag -> lag.toMillis() / 1000.0)
                                .orElse(Double.NaN))
                .description("Age of the newest change handed over; NaN when unknown")
                .register(registry);
        Gauge.builder(
                        "widekey.stream.silence.seconds",
                        streams,
                        now -> now.get()
                                .status()
                                .map(status -> status.silence().toMillis() / 1000.0)
                                .orElse(Double.NaN))
                .description("Time since anything was heard from the source's log")
                .register(registry);
        Gauge.builder(
                        "widekey.stream.connected",
                        streams,
                        now -> now.get()
                                .status()
                                .map(status -> status.connected() ? 1 : 0)
                                .orElse(0))
                .description("1 while the stream hears from the source")
                .register(registry);
        counter(
                registry,
                "widekey.copied.rows",
                "Rows copied by this process",
                migration,
                m -> m.backfill().map(copy -> (double) copy.progress().rows()).orElse(0.0));
        counter(
                registry,
                "widekey.copied.bytes",
                "Bytes copied by this process",
                migration,
                m -> m.backfill().map(copy -> (double) copy.progress().bytes()).orElse(0.0));
        counter(
                registry,
                "widekey.copied.chunks",
                "Chunks copied by this process",
                migration,
                m -> m.backfill().map(copy -> (double) copy.progress().chunks()).orElse(0.0));
        counter(
                registry,
                "widekey.stream.applied.changes",
                "Changes applied by this process",
                streams,
                now -> now.get().applied());
        counter(
                registry,
                "widekey.stream.restarts",
                "How often the stream's reader was rebuilt",
                streams,
                now -> now.get().status().map(FeedStatus::restarts).orElse(0L));
        gauge(
                registry,
                "widekey.compared.rows",
                "Rows compared by the comparison that runs or ran last",
                observation,
                status -> (double) status.compared());
        quarantined(registry, observation, "open", EntryLog.Counts::open);
        quarantined(registry, observation, "accepted", EntryLog.Counts::accepted);
        counter(
                registry,
                "widekey.background.rows",
                "Rows compared in the background by this process",
                observation,
                now -> (double) now.last().background().rows());
        counter(
                registry,
                "widekey.background.rounds",
                "How often every row was compared in the background",
                observation,
                now -> (double) now.last().background().rounds());
        gauge(
                registry,
                "widekey.background.round.age.seconds",
                "Time since every row had been compared in the background; NaN when it never was",
                observation,
                status -> status.background()
                        .sinceRound()
                        .map(age -> age.toMillis() / 1000.0)
                        .orElse(Double.NaN));
        gauge(registry, "widekey.background.differences", "Differences found in the background", observation, status ->
                (double) status.background().differences());
        Gauge.builder(
                        "widekey.cutover.pause.seconds",
                        pause,
                        now -> now.last()
                                .map(length -> length.toMillis() / 1000.0)
                                .orElse(Double.NaN))
                .description(
                        "How long writes were held up when they moved last; NaN when this process has not moved them")
                .register(registry);
        for (Strength strength : Strength.values()) {
            Gauge.builder(
                            "widekey.flip.strength",
                            observation,
                            now -> now.last()
                                            .flip()
                                            .filter(followed -> followed.strength() == strength)
                                            .isPresent()
                                    ? 1
                                    : 0)
                    .tags("strength", strength.name().toLowerCase(Locale.ROOT), "is", strength.word())
                    .description("1 for how sure it is that no instance acts on the flags of before the last flip")
                    .register(registry);
        }
        Gauge.builder(
                        "widekey.rollback.ids.left",
                        runway,
                        now -> now.get().ids().isPresent()
                                ? (double) now.get().ids().getAsLong()
                                : Double.NaN)
                .strongReference(true)
                .description("Ids until the source cannot take the application back; NaN when there is no way back")
                .register(registry);
        Gauge.builder(
                        "widekey.rollback.left",
                        runway,
                        now -> now.get().seconds().orElse(Double.NaN))
                .strongReference(true)
                .baseUnit("seconds")
                .description("Time until ids or values are used up at the rate seen; NaN when it is not known")
                .register(registry);
        forecast(registry, observation);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    @Override
    public void close() {
        gc.close();
    }

    private static void forecast(MeterRegistry registry, Observation observation) {
        gauge(
                registry,
                "widekey.source.ids.left",
                "Ids the source's key has left; NaN when unknown",
                observation,
                now -> now.forecast().ids().left().orElse(Double.NaN));
        gauge(
                registry,
                "widekey.source.exhaustion.seconds",
                "Time until none is left, at the rate measured; NaN when unknown",
                observation,
                now -> now.forecast().ids().seconds().orElse(Double.NaN));
        Gauge.builder(
                        "widekey.binlog.survival.seconds",
                        observation,
                        now -> now.last().forecast().log().seconds().orElse(Double.NaN))
                .tags("server", "source")
                .description("Time for which the binlog that is needed is kept at least; NaN when unknown")
                .register(registry);
        gauge(
                registry,
                "widekey.drain.seconds",
                "Time until the stream is at the end of the log; NaN when unknown",
                observation,
                now -> now.forecast().log().drain().orElse(Double.NaN));
    }

    private static void quarantined(
            MeterRegistry registry, Observation observation, String state, ToDoubleFunction<EntryLog.Counts> count) {
        Gauge.builder(
                        "widekey.quarantine.rows",
                        observation,
                        now -> now.last().quarantine().map(count::applyAsDouble).orElse(Double.NaN))
                .tags("state", state)
                .description("Rows the target refuses; NaN when unknown")
                .register(registry);
    }

    private static void gauge(
            MeterRegistry registry,
            String name,
            String description,
            Observation observation,
            ToDoubleFunction<Snapshot> value) {
        Gauge.builder(name, observation, now -> value.applyAsDouble(now.last()))
                .description(description)
                .register(registry);
    }

    private static <T> void counter(
            MeterRegistry registry, String name, String description, T subject, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, subject, value).description(description).register(registry);
    }
}
