package dev.widekey.sandbox.demo;

import dev.widekey.sandbox.csmh.SqlScript;
import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.mysql.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;

/**
 * What an operator prepares for the daemon: its account on both servers, from the repository's own grant files, and its configuration.
 * Immutable.
 *
 * @param repository the checkout the daemon is run from
 * @param chunkRows rows per chunk in the configuration written here
 */
public record DaemonFiles(Path repository, int chunkRows) {
    /** The password that the grant files carry until an operator changes it. */
    public static final String PASSWORD = "change-me";

    /** The program that starts the daemon. */
    public Path launcher() {
        return repository.resolve("deploy/bin/widekey");
    }

    /** Creates the daemon's accounts by running the grant files as they are. They name the schemas of a real installation. */
    public void createAccounts(World world) throws IOException, SQLException {
        SqlScript.read(repository.resolve("deploy/grants/source.sql")).runOn(world.source());
        SqlScript.read(repository.resolve("deploy/grants/target.sql")).runOn(world.target());
    }

    /** Lets the account come without TLS, as a link that reads along needs it. */
    public static void allowPlain(Server server) throws SQLException {
        server.execute(
                "ALTER USER 'widekey'@'%' IDENTIFIED WITH mysql_native_password BY '" + PASSWORD + "' REQUIRE NONE");
    }

    /**
     * Writes configuration and password file into a folder and returns the configuration's path.
     *
     * @param mode of the cutover
     * @param order of the cutover
     * @param rollback whether the application can be sent back
     */
    public Path writeConfig(World world, Path folder, String mode, String order, boolean rollback) throws IOException {
        return writeConfig(
                world,
                world.source(),
                folder,
                "cutover: {mode: " + mode + ", order: " + order + ", rollback: " + rollback
                        + ", id-gap: 10000, quiet: 3s}");
    }

    /**
     * Writes configuration and password file into a folder and returns the configuration's path.
     *
     * @param sourceAt where the daemon reaches the source
     * @param more further sections
     */
    public Path writeConfig(World world, Server sourceAt, Path folder, String more) throws IOException {
        Path password = folder.resolve("password");
        Files.writeString(password, PASSWORD + "\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        Path config = folder.resolve("widekey.yaml");
        // The replica id must differ from the server's own, which is its port.
        return Files.writeString(config, """
                migration: %s
                source:
                  host: %s
                  port: %d
                  user: widekey
                  password-file: password
                  tls: %s
                  schema: %s
                  table: %s
                  server-id: 918273
                target:
                  host: %s
                  port: %d
                  user: widekey
                  password-file: password
                  tls: required
                  schema: %s
                  table: %s
                  state-schema: %s
                flags:
                  write:
                    name: ENABLE_CSMH_EXTENDED
                    target-when: true
                  read:
                    name: ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES
                    target-when: false
                %s
                backfill:
                  workers: 2
                  chunk-rows: %d
                %s
                http:
                  listen: "127.0.0.1:0"
                """.formatted(
                        world.migration(),
                        sourceAt.host(),
                        sourceAt.port(),
                        sourceAt.sslMode().equals("DISABLED") ? "disabled" : "required",
                        world.sourceSchema(),
                        World.OLD_TABLE,
                        world.target().host(),
                        world.target().port(),
                        world.targetSchema(),
                        World.EXTENDED_TABLE,
                        world.stateSchema(),
                        world.settings()
                                .map(file -> "  store: features\n  features: {file: " + file.path() + "}")
                                .orElse(""),
                        chunkRows,
                        more));
    }
}
