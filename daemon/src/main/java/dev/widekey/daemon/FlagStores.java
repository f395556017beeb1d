package dev.widekey.daemon;

import com.fasterxml.jackson.core.JsonPointer;
import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.FlagOutlet;
import dev.widekey.daemon.config.FlagOutlet.Http;
import dev.widekey.daemon.config.FlagOutlet.Waffle;
import dev.widekey.daemon.config.FlagOutlet.WaffleMode;
import dev.widekey.daemon.config.FlagOutlet.WaffleModel;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.database.Endpoint;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import dev.widekey.flags.RelayedFlagStore;
import dev.widekey.flags.outlet.FeaturesFile;
import dev.widekey.flags.outlet.FlagService;
import dev.widekey.flags.outlet.FlagdFile;
import dev.widekey.flags.outlet.HttpCall;
import dev.widekey.flags.outlet.HttpOutlet;
import dev.widekey.flags.outlet.ManualOutlet;
import dev.widekey.flags.outlet.WaffleCommand;
import dev.widekey.flags.outlet.WaffleSql;
import dev.widekey.flags.outlet.WaffleTable;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the application's flags are, by the configuration: in the daemon's own table, or relayed to an outlet. Opens nothing before it is
 * asked. Thread-safe.
 */
final class FlagStores implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FlagStores.class);

    /** A service is asked for each flag alone, twice, and may count the requests. */
    private static final Duration SERVICE_AGE = Duration.ofSeconds(10);

    private final FlagOutlet configured;
    private final List<FlagName> flags;
    private final BooleanSupplier isOver;
    private final @Nullable Database application;
    private volatile @Nullable RelayedFlagStore relayed;

    /**
     * @param isOver whether a flip that waits is to be given up
     */
    FlagStores(DaemonConfig config, BooleanSupplier isOver, Database.Owner owner, MeterRegistry metrics) {
        this.configured = config.flags().store();
        this.flags = List.of(name(config.flags().write()), name(config.flags().read()));
        this.isOver = isOver;
        this.application = configured instanceof Waffle waffle
                ? Database.application(
                        new Endpoint(
                                waffle.host(),
                                waffle.port(),
                                waffle.user(),
                                waffle.password(),
                                waffle.tls(),
                                waffle.truststore()),
                        owner,
                        3,
                        metrics)
                : null;
    }

    static FlagName name(DaemonConfig.FlagKey key) {
        return FlagName.of(key.name(), key.targetWhen());
    }

    /**
     * The store of all flags, over the daemon's own one.
     *
     * @param fence asked right before anything is written where the application looks
     */
    FlagStore over(FlagStore journal, RelayedFlagStore.Fence fence) {
        Optional<Outlet> outlet = outlet(journal);
        if (outlet.isEmpty()) {
            return journal;
        }
        Duration maxAge = configured instanceof Http ? SERVICE_AGE : Duration.ZERO;
        RelayedFlagStore store = new RelayedFlagStore(journal, fence, outlet.get(), flags, maxAge, System::nanoTime);
        relayed = store;
        return store;
    }

    /** What somebody has to do or wait for until a flip is done. */
    Optional<String> waitsFor() {
        RelayedFlagStore store = relayed;
        return store == null ? Optional.empty() : store.waitsFor();
    }

    /** Why flags cannot be relayed, as far as that can be told without changing anything. */
    List<Problem> problems(FlagStore journal) {
        Optional<Outlet> outlet = checked(journal);
        if (outlet.isEmpty()) {
            return List.of();
        }
        try {
            outlet.get().check(names());
            return List.of();
        } catch (OutletException failure) {
            return List.of(problem(
                    failure.passes() ? Problem.Code.UNREACHABLE : Problem.Code.FLAG_OUTLET,
                    String.valueOf(failure.getMessage()),
                    "see that the daemon can read and write both flags there, or choose another flags.store"));
        }
    }

    /** Why a migration cannot begin now: the application does not write to the source. */
    List<Problem> problemsOfABeginning(FlagStore journal) {
        return values(journal)
                .filter(values -> flags.stream()
                        .anyMatch(flag -> values.getOrDefault(flag.name(), flag.defaultValue()) == flag.targetWhen()))
                .map(values -> List.of(problem(
                        Problem.Code.FLAG_OUTLET,
                        "the application does not write to the source and read it: " + text(values),
                        "set the flags back; the migration moves them itself")))
                .orElse(List.of());
    }

    /** What the flags say where the application looks; empty for the daemon's own table, and for what cannot be read. */
    List<String> notes(FlagStore journal) {
        return values(journal)
                .map(values -> List.of("flags in " + checked(journal).orElseThrow() + ": " + text(values)))
                .orElse(List.of());
    }

    private Optional<Map<String, Boolean>> values(FlagStore journal) {
        Optional<Outlet> outlet = checked(journal);
        if (outlet.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(outlet.get().read(names()));
        } catch (OutletException failure) {
            log.warn("the application's flags cannot be read in {}: {}", outlet.get(), failure.getMessage());
            return Optional.empty();
        }
    }

    /** A person is asked when there is something to do, and not before. */
    private Optional<Outlet> checked(FlagStore journal) {
        return configured instanceof FlagOutlet.Manual ? Optional.empty() : outlet(journal);
    }

    private String text(Map<String, Boolean> values) {
        Map<String, String> texts = new LinkedHashMap<>();
        flags.forEach(flag -> texts.put(
                flag.name(),
                Optional.ofNullable(values.get(flag.name()))
                        .map(String::valueOf)
                        .orElse("not set, taken for " + flag.defaultValue())));
        return String.join(
                ", ",
                texts.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList());
    }

    private Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        flags.forEach(flag -> names.add(flag.name()));
        return names;
    }

    private Problem problem(Problem.Code code, String what, String fix) {
        return new Problem(code, what, "flags of the application", fix);
    }

    private Optional<Outlet> outlet(FlagStore journal) {
        if (configured instanceof FlagOutlet.Flagd flagd) {
            return Optional.of(new FlagdFile(flagd.file()));
        }
        if (configured instanceof FlagOutlet.Features features) {
            return Optional.of(new FeaturesFile(
                    features.file(),
                    features.place() == FlagOutlet.Place.FEATURES
                            ? FeaturesFile.Place.FEATURES
                            : FeaturesFile.Place.TOP_LEVEL));
        }
        if (configured instanceof Waffle waffle) {
            return Optional.of(waffle(waffle));
        }
        if (configured instanceof Http http) {
            return Optional.of(service(http));
        }
        if (configured instanceof FlagOutlet.Manual) {
            return Optional.of(new ManualOutlet(journal, flags, request -> log.warn("{}", request)));
        }
        return Optional.empty();
    }

    private Outlet waffle(Waffle waffle) {
        Database database = application;
        if (database == null) {
            throw new IllegalStateException("no database for " + waffle);
        }
        WaffleTable table = new WaffleTable(
                database.pool(),
                waffle.schema(),
                waffle.table(),
                waffle.model() == WaffleModel.SWITCH ? WaffleTable.Model.SWITCH : WaffleTable.Model.FLAG);
        return waffle.mode() == WaffleMode.COMMAND
                ? new WaffleCommand(table, waffle.command(), waffle.timeout())
                : new WaffleSql(table, waffle.cacheTime(), isOver, System::nanoTime);
    }

    private static HttpOutlet service(Http http) {
        String token = http.token().reveal();
        return switch (http.service()) {
            case UNLEASH ->
                FlagService.unleash(
                        http.url(), http.project(), http.environment(), token, http.timeout(), System::nanoTime);
            case LAUNCHDARKLY ->
                FlagService.launchDarkly(
                        http.url(), http.project(), http.environment(), token, http.timeout(), System::nanoTime);
            case CONFIGCAT ->
                FlagService.configCat(
                        http.url(),
                        http.sdkKey().reveal(),
                        "Basic " + Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8)),
                        http.timeout(),
                        System::nanoTime);
            case TEMPLATE -> template(http, token);
        };
    }

    private static HttpOutlet template(Http http, String token) {
        Map<String, String> headers = new LinkedHashMap<>();
        http.headers().forEach((header, value) -> headers.put(header, value.replace("{token}", token)));
        FlagOutlet.Call read = http.read().orElseThrow();
        return new HttpOutlet(
                "the service at " + read.url(),
                call(http.write().orElseThrow(), headers),
                new HttpOutlet.Reading(
                        call(read, headers), JsonPointer.compile(http.pointer()), answer -> Optional.empty()),
                http.timeout(),
                System::nanoTime);
    }

    private static HttpCall call(FlagOutlet.Call call, Map<String, String> headers) {
        return new HttpCall(call.method(), call.url(), headers, call.body(), call.success());
    }

    @Override
    public void close() {
        Database database = application;
        if (database != null) {
            database.close();
        }
    }
}
