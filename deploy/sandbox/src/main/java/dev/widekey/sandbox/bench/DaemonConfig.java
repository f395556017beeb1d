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
 * @param throttled whether the daemon may hold itself back for the servers' sake, as it does by default
 * @param more further sections, as YAML
 */
record DaemonConfig(String sourceTable, String targetTable, boolean throttled, String more) {
    private static final String THROTTLE = "throttle:\n";
    private static final String UNTHROTTLED = THROTTLE + "  mode: off\n";

    /** Builds the secondary indexes after the copy. */
    static final String LATE_INDEXES = """
            backfill:
              indexes: late
            """;

    /** The history, moved as fast as it goes. */
    static DaemonConfig ofHistory() {
        return of(World.OLD_TABLE, World.EXTENDED_TABLE);
    }

    /** A table, moved as fast as it goes. */
    static DaemonConfig of(String sourceTable, String targetTable) {
        return new DaemonConfig(sourceTable, targetTable, false, "");
    }

    /** The same as it is without a word about the throttle. */
    DaemonConfig withDefaultThrottle() {
        return new DaemonConfig(sourceTable, targetTable, true, more);
    }

    DaemonConfig with(String section) {
        return new DaemonConfig(sourceTable, targetTable, throttled, more + section);
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
                cutover: {mode: rolling, rollback: false, auto: false}
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
                        (throttled || !canBeThrottled(servers.repository()) ? "" : UNTHROTTLED) + more));
    }

    /** The example holds every section there is, so that a daemon without a throttle can be measured too. */
    private static boolean canBeThrottled(Path repository) throws IOException {
        return Files.readString(repository.resolve("deploy/examples/csmh.yaml")).contains("\n" + THROTTLE);
    }
}
