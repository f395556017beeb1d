package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.demo.DaemonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The daemon's configuration for a measurement: what has to be said and nothing else, so that the defaults are measured. Immutable.
 *
 * @param sourceTable table in the source's schema
 * @param targetTable table in the target's schema
 * @param more further sections, as YAML
 */
record DaemonConfig(String sourceTable, String targetTable, String more) {
    /** Switches off what holds the copy back on purpose; only how a foreground writer fares is measured with the defaults. */
    static final String UNTHROTTLED = "";

    /** Builds the secondary indexes after the copy. */
    static final String LATE_INDEXES = """
            backfill:
              indexes: late
            """;

    /** The history, moved as fast as it goes. */
    static DaemonConfig ofHistory() {
        return new DaemonConfig(World.OLD_TABLE, World.EXTENDED_TABLE, UNTHROTTLED);
    }

    DaemonConfig with(String section) {
        return new DaemonConfig(sourceTable, targetTable, more + section);
    }

    /** Writes it, with its password file, and returns its path. The cutover waits for an approval that never comes. */
    Path write(Servers servers) throws IOException {
        Path password = servers.folder().resolve("password");
        Files.writeString(password, DaemonFiles.PASSWORD + "\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        World world = servers.world();
        return Files.writeString(servers.folder().resolve("widekey.yaml"), """
                migration: %s
                source: {host: %s, port: %d, user: widekey, password-file: password, tls: disabled, schema: %s, table: %s, server-id: 918273}
                target: {host: %s, port: %d, user: widekey, password-file: password, tls: disabled, schema: %s, table: %s, state-schema: %s}
                flags:
                  write: {name: ENABLE_CSMH_EXTENDED, target-when: true}
                  read: {name: ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES, target-when: false}
                cutover: {auto: false}
                http: {listen: "127.0.0.1:0"}
                %s""".formatted(
                        world.migration(),
                        world.source().host(),
                        world.source().port(),
                        world.sourceSchema(),
                        sourceTable,
                        world.target().host(),
                        world.target().port(),
                        world.targetSchema(),
                        targetTable,
                        world.stateSchema(),
                        more));
    }
}
