package dev.widekey.sandbox.mysql;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MySQL unpacked once per user, and an initialised data directory to copy from. Each step works in a temporary folder and ends
 * with an atomic rename under a lock, so that several processes may start at once and a kill in the middle leaves nothing
 * half done. Immutable.
 *
 * @param home folder with bin, lib and share
 * @param template data directory without a server identity, TLS certificates included
 */
record Distribution(Path home, Path template) {
    private static final Logger LOG = LoggerFactory.getLogger(Distribution.class);

    private static final String CLIENT = "bin/mysql";

    static final String ROOT_PASSWORD = "sandbox-root";

    /** Finds the cached copy or makes it. */
    static Distribution prepare() {
        return prepare(cache(System.getenv(), System.getProperty("user.home")));
    }

    /** Finds or makes the copy below the given cache folder. */
    static Distribution prepare(Path cache) {
        requireLinux();
        Properties properties = properties();
        Path root = cache.resolve("mysql-" + properties.getProperty("version"));
        try (FolderLock lock = FolderLock.acquire(root)) {
            Path home = root.resolve("home");
            if (!Files.isDirectory(home)) {
                LOG.info("unpacking MySQL into {}", root);
                Path unpacked = fresh(root.resolve("home.new"));
                unpack(archive(properties), unpacked);
                Files.move(unpacked, home, StandardCopyOption.ATOMIC_MOVE);
            }
            addClient(properties, home);
            SharedLibraries.complete(home.resolve("bin/mysqld"), home.resolve("lib/private"));
            Path template = root.resolve("template");
            if (!Files.isDirectory(template)) {
                Path initialised = fresh(root.resolve("template.new"));
                initialise(home, initialised);
                Files.move(initialised, template, StandardCopyOption.ATOMIC_MOVE);
            }
            return new Distribution(home, template);
        } catch (IOException e) {
            throw new ServerException("cannot prepare MySQL in " + root, e);
        }
    }

    static Path cache(Map<String, String> environment, String userHome) {
        String own = environment.get("WIDEKEY_CACHE");
        if (own != null && !own.isBlank()) {
            return Path.of(own).toAbsolutePath();
        }
        String base = environment.get("XDG_CACHE_HOME");
        Path parent = base == null || base.isBlank() ? Path.of(userHome, ".cache") : Path.of(base);
        return parent.resolve("widekey").toAbsolutePath();
    }

    /** The server refuses to run as the superuser unless told to. */
    static String runAs() {
        return "--user=" + System.getProperty("user.name");
    }

    /** The command-line client came into use later than the rest; a copy unpacked without it is completed. */
    private static void addClient(Properties properties, Path home) throws IOException {
        Path client = home.resolve(CLIENT);
        if (Files.exists(client)) {
            return;
        }
        Path unpacked = client.resolveSibling("mysql.new");
        try (ZipFile zip = new ZipFile(archive(properties).toFile());
                InputStream in = zip.getInputStream(zip.getEntry(CLIENT))) {
            Files.copy(in, unpacked, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setPosixFilePermissions(unpacked, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(unpacked, client, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void requireLinux() {
        String os = System.getProperty("os.name", "");
        String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        if (!os.equals("Linux") || !(machine.equals("amd64") || machine.equals("x86_64"))) {
            throw new ServerException("the packed MySQL runs on x86-64 Linux only, this is " + os + " on " + machine
                    + "; set WIDEKEY_SOURCE_URL and WIDEKEY_TARGET_URL to use servers of your own");
        }
    }

    private static Path fresh(Path folder) throws IOException {
        if (Files.exists(folder)) {
            FileTree.delete(folder);
        }
        return Files.createDirectories(folder);
    }

    private static Properties properties() {
        try (InputStream in = Distribution.class.getResourceAsStream("distribution.properties")) {
            if (in == null) {
                throw new ServerException("distribution.properties is not on the class path");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties;
        } catch (IOException e) {
            throw new ServerException("cannot read distribution.properties", e);
        }
    }

    private static Path archive(Properties properties) {
        Path built = Path.of(properties.getProperty("archive"));
        String repository = Optional.ofNullable(System.getProperty("maven.repo.local"))
                .orElse(Path.of(System.getProperty("user.home"), ".m2", "repository")
                        .toString());
        Path usual = Path.of(repository, properties.getProperty("repository-path"));
        if (Files.isRegularFile(built)) {
            return built;
        }
        if (Files.isRegularFile(usual)) {
            return usual;
        }
        throw new ServerException("the MySQL archive is neither at " + built + " nor at " + usual
                + "; build the sandbox again: mvn -pl deploy/sandbox -DskipTests package");
    }

    private static boolean isNeeded(String entry) {
        return entry.equals("bin/mysqld")
                || entry.equals("bin/mysqlbinlog")
                || entry.equals("bin/mysqldump")
                || entry.startsWith("share/english/")
                || entry.startsWith("share/charsets/")
                || entry.startsWith("lib/private/icudt")
                || entry.matches("lib/private/lib(crypto|ssl|protobuf-lite)\\.so\\.[0-9.]+")
                || entry.matches("lib/plugin/semisync_[a-z]+\\.so")
                || entry.equals("LICENSE");
    }

    private static void unpack(Path archive, Path into) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (entry.isDirectory() || !isNeeded(entry.getName())) {
                    continue;
                }
                Path file = into.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                try (InputStream in = zip.getInputStream(entry)) {
                    Files.copy(in, file);
                }
                if (entry.getName().startsWith("bin/")) {
                    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
        }
    }

    private static void initialise(Path home, Path data) throws IOException {
        Path accounts = Files.createTempFile("widekey-accounts-", ".sql");
        try {
            Files.writeString(accounts, """
                    CREATE USER 'root'@'%%' IDENTIFIED WITH caching_sha2_password BY '%1$s';
                    GRANT ALL ON *.* TO 'root'@'%%' WITH GRANT OPTION;
                    ALTER USER 'root'@'localhost' IDENTIFIED WITH caching_sha2_password BY '%1$s';
                    """.formatted(ROOT_PASSWORD));
            CommandResult result = CommandResult.run(
                    data,
                    home.resolve("bin/mysqld").toString(),
                    "--no-defaults",
                    "--initialize-insecure",
                    runAs(),
                    "--basedir=" + home,
                    "--datadir=" + data,
                    "--init-file=" + accounts,
                    "--skip-log-bin",
                    "--innodb-redo-log-capacity=8M",
                    "--innodb-flush-method=nosync");
            if (!result.succeeded()) {
                throw new ServerException("MySQL cannot initialise a data directory: " + result.output());
            }
        } finally {
            Files.delete(accounts);
        }
        // Every copy must make up its own server UUID.
        Files.delete(data.resolve("auto.cnf"));
    }
}
