package dev.widekey.daemon.config;

import dev.widekey.backfill.ChunkOrder;
import dev.widekey.daemon.config.DaemonConfig.Audit;
import dev.widekey.daemon.config.DaemonConfig.Backfill;
import dev.widekey.daemon.config.DaemonConfig.Cutover;
import dev.widekey.daemon.config.DaemonConfig.FlagKey;
import dev.widekey.daemon.config.DaemonConfig.Flags;
import dev.widekey.daemon.config.DaemonConfig.Http;
import dev.widekey.daemon.config.DaemonConfig.Source;
import dev.widekey.daemon.config.DaemonConfig.Stream;
import dev.widekey.daemon.config.DaemonConfig.Target;
import dev.widekey.daemon.config.DaemonConfig.Throttle;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads the configuration file into a {@link DaemonConfig}. This is the only place that knows the keys, their defaults and
 * their limits.
 *
 * <p>Relative file names inside the file start from its own folder. Immutable.
 */
public final class ConfigLoader {

    private static final Pattern MIGRATION = Pattern.compile("[a-z0-9-]{1,32}");
    static final Pattern NAME = Pattern.compile("[0-9A-Za-z_$-]{1,64}");
    private static final Pattern USER = Pattern.compile("\\S.{0,30}\\S|\\S");
    private static final Pattern HOST = Pattern.compile("[0-9A-Za-z._:%-]{1,255}");
    private static final Pattern FLAG = Pattern.compile("[^\\s\\p{Cntrl}]{1,128}");
    /** Whatever a column may be called; whether there is one is for the servers to say. */
    private static final Pattern COLUMN = Pattern.compile("[^\\p{Cntrl}]{1,64}");

    private static final Pattern CLASS = Pattern.compile("[a-z0-9-]{1,40}");
    static final String A_NAME = "1 to 64 letters, digits, _, $ or -";

    private final Map<String, String> environment;

    /**
     * @param environment where {@code password-env} looks, and where systemd says its credentials are
     */
    public ConfigLoader(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * Reads a file.
     *
     * @throws ConfigException with everything that is wrong
     */
    public DaemonConfig load(Path file) {
        Problems problems = new Problems(file.toString());
        Optional<MappingNode> root = parse(file, problems);
        problems.throwIfAny();
        DaemonConfig config = read(root.orElseThrow(), file, problems);
        problems.throwIfAny();
        return config;
    }

    private static Optional<MappingNode> parse(Path file, Problems problems) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(10);
        try {
            @Nullable Node root = new Yaml(options).compose(new StringReader(Files.readString(file)));
            if (root instanceof MappingNode mapping) {
                return Optional.of(mapping);
            }
            problems.add("has no keys", root == null ? "an empty file" : "something else", "a YAML mapping");
        } catch (MarkedYAMLException e) {
            problems.add(e.getProblemMark(), "", "is not YAML", String.valueOf(e.getProblem()), "YAML without tabs");
        } catch (YAMLException e) {
            problems.add(
                    "is not YAML",
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    "YAML text");
        } catch (CharacterCodingException e) {
            problems.add("is not text", "bytes that are not UTF-8", "UTF-8");
        } catch (IOException e) {
            problems.add("cannot be read", e.getClass().getSimpleName(), "a readable file");
        }
        return Optional.empty();
    }

    private DaemonConfig read(MappingNode node, Path file, Problems problems) {
        Path base = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
        SecretReader secrets = new SecretReader(base, environment);
        try (Section root = new Section(node, problems);
                Section source = root.section("source");
                Section target = root.section("target");
                Section flags = root.section("flags");
                Section backfill = root.section("backfill");
                Section cutover = root.section("cutover");
                Section stream = root.section("stream");
                Section throttle = root.section("throttle");
                Section http = root.section("http");
                Section audit = root.section("audit");
                Section hooks = root.section("hooks")) {
            DaemonConfig config = new DaemonConfig(
                    root.text("migration", MIGRATION, "1 to 32 lower-case letters, digits or -"),
                    source(source, secrets, base),
                    target(target, secrets, base),
                    root.choice("start", Start.NOW),
                    flags(flags, new FlagOutletReader(secrets, base)),
                    backfill(backfill),
                    cutover(cutover),
                    new Stream(stream.duration(
                            "keep-alive", Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofMinutes(1))),
                    throttle(throttle),
                    new Http(new ListenAddress(http).read("127.0.0.1", 9290)),
                    audit(audit),
                    new HookReader(secrets, base).read(hooks));
            new CrossChecks(source, target, flags, backfill, cutover).run(config);
            return config;
        }
    }

    private static Source source(Section section, SecretReader secrets, Path base) {
        String host = host(section);
        int port = port(section);
        String user = user(section);
        Secret password = secrets.read(section);
        Tls tls = section.choice("tls", Tls.REQUIRED);
        return new Source(
                host,
                port,
                user,
                password,
                tls,
                truststore(section, tls, base),
                name(section, "schema"),
                name(section, "table"),
                section.number("server-id", 1, 4_294_967_295L));
    }

    private static Target target(Section section, SecretReader secrets, Path base) {
        String host = host(section);
        int port = port(section);
        String user = user(section);
        Secret password = secrets.read(section);
        Tls tls = section.choice("tls", Tls.REQUIRED);
        return new Target(
                host,
                port,
                user,
                password,
                tls,
                truststore(section, tls, base),
                name(section, "schema"),
                name(section, "table"),
                section.text("state-schema", "widekey", NAME, A_NAME));
    }

    static String host(Section section) {
        return section.text("host", HOST, "a host name or address");
    }

    static int port(Section section) {
        return (int) section.number("port", 3306, 1, 65535);
    }

    static String user(Section section) {
        return section.text("user", USER, "1 to 32 characters");
    }

    static String name(Section section, String key) {
        return section.text(key, NAME, A_NAME);
    }

    static Optional<Path> truststore(Section section, Tls tls, Path base) {
        String allowed = "a readable PKCS#12 file";
        if (tls.verifies() && !section.has("truststore")) {
            section.missing("truststore", allowed + " while tls verifies the server");
        }
        return section.optional("truststore", allowed, (key, value) -> {
            Path path = base.resolve(value);
            if (!tls.verifies()) {
                section.report(key, "has no effect", value, "tls: verify-ca or verify-identity beside it");
            } else if (!Files.isReadable(path) || Files.isDirectory(path)) {
                section.report(key, "cannot be read", path.toString(), allowed);
            }
            return path;
        });
    }

    private static Flags flags(Section section, FlagOutletReader outlets) {
        try (Section write = section.section("write");
                Section read = section.section("read")) {
            return new Flags(flag(write), flag(read), outlets.read(section));
        }
    }

    private static FlagKey flag(Section section) {
        return new FlagKey(
                section.text("name", FLAG, "1 to 128 characters without blanks"), section.truth("target-when"));
    }

    private static Backfill backfill(Section section) {
        return new Backfill(
                (int) section.number("workers", 4, 1, 16),
                (int) section.number("chunk-rows", 50_000, 100, 1_000_000),
                section.choice("order", ChunkOrder.ASCENDING),
                section.choice("indexes", Indexes.KEEP),
                section.choice("existing-rows", ExistingRows.REFUSE));
    }

    private static Throttle throttle(Section section) {
        return new Throttle(
                section.choice("mode", Pacing.AUTO),
                section.value("rows-per-second", Rate.OFF, Rate.ROWS, Rate::rows),
                section.value("bytes-per-second", Rate.OFF, Rate.BYTES, Rate::bytes),
                section.has("connections")
                        ? Optional.of((int) section.number("connections", Throttle.WITHOUT_WORKERS + 1, 1000))
                        : Optional.empty(),
                (int) section.number("source-latency", 30, 1, 100_000),
                (int) section.number("threads-running", 25, 1, 100_000),
                section.duration(
                        "commit-latency", Duration.ofMillis(250), Duration.ofMillis(1), Duration.ofSeconds(10)),
                (int) section.number("checkpoint-age", 90, 1, 100),
                section.number("purge-lag", 1_000_000, 1, 1_000_000_000_000L),
                section.duration("replica-lag", Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofHours(1)),
                section.values("source-replicas", Address.ALLOWED, Address::parse),
                section.values("target-replicas", Address.ALLOWED, Address::parse));
    }

    private static Audit audit(Section section) {
        try (Section classes = section.section("classes")) {
            Map<String, Condition> conditions = new LinkedHashMap<>();
            classes.texts(
                            CLASS,
                            "1 to 40 lower-case letters, digits or -",
                            "one SQL condition on the source's columns",
                            Condition::flaw)
                    .forEach((name, sql) -> conditions.put(name, new Condition(sql)));
            return new Audit(conditions, columns(section, "group-by"), columns(section, "by-day"));
        }
    }

    private static List<String> columns(Section section, String key) {
        return section.values(
                key,
                "names of columns",
                text -> Optional.of(text).filter(name -> COLUMN.matcher(name).matches()));
    }

    private static Cutover cutover(Section section) {
        return new Cutover(
                section.choice("mode", CutoverMode.FENCED),
                section.choice("order", CutoverOrder.PARITY_FIRST),
                section.truth("auto", true),
                section.number("id-gap", 10_000, 1, 1_000_000_000_000L),
                section.truth("id-gap-fixed", false),
                section.duration("quiet", Duration.ofSeconds(60), Duration.ofMillis(500), Duration.ofHours(24)),
                section.duration("max-lag", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofHours(1)),
                section.duration("lock-wait", Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofMinutes(1)),
                section.duration("max-pause", Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofMinutes(10)),
                section.truth("rollback", true));
    }
}
