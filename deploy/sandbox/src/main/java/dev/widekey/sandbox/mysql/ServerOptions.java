package dev.widekey.sandbox.mysql;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a server is started. Immutable; every method returns a changed copy.
 *
 * @param variables start options by name without dashes in front, like {@code binlog-format}; they win over the built-in ones
 */
public record ServerOptions(Map<String, String> variables) {

    /** Keeps an unmodifiable copy. */
    public ServerOptions {
        variables = Map.copyOf(variables);
    }

    /**
     * Row-based full-image binlog, GTIDs on, and no waiting for disks: data survive a killed server but not a machine that
     * loses power.
     */
    public static ServerOptions defaults() {
        return new ServerOptions(Map.of());
    }

    /** Without global transaction identifiers. */
    public ServerOptions withoutGtid() {
        return with("gtid-mode", "OFF").with("enforce-gtid-consistency", "OFF");
    }

    /** With every commit flushed to disk, as a production server does it. */
    public ServerOptions durable() {
        return with("sync-binlog", "1")
                .with("innodb-flush-log-at-trx-commit", "1")
                .with("innodb-flush-method", "fsync");
    }

    /** With one start option added or replaced. */
    public ServerOptions with(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(variables);
        changed.put(name, value);
        return new ServerOptions(changed);
    }
}
