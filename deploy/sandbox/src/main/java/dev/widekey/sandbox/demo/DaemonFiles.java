package dev.widekey.sandbox.demo;

import dev.widekey.sandbox.csmh.SqlScript;
import dev.widekey.sandbox.csmh.World;
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

    /**
     * Writes configuration and password file into a folder and returns the configuration's path.
     *
     * @param mode of the cutover
     * @param order of the cutover
     */
    public Path writeConfig(World world, Path folder, String mode, String order) throws IOException {
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
                  tls: required
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
                backfill:
                  workers: 2
                  chunk-rows: %d
                cutover:
                  mode: %s
                  order: %s
                  id-gap: 10000
                  quiet: 3s
                http:
                  listen: "127.0.0.1:0"
                """.formatted(
                        world.migration(),
                        world.source().host(),
                        world.source().port(),
                        world.sourceSchema(),
                        World.OLD_TABLE,
                        world.target().host(),
                        world.target().port(),
                        world.targetSchema(),
                        World.EXTENDED_TABLE,
                        world.stateSchema(),
                        chunkRows,
                        mode,
                        order));
    }
}
