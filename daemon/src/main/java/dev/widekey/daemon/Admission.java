package dev.widekey.daemon;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.service.Notify;
import java.util.function.BooleanSupplier;

/** Placeholder until preflight is there. */
record Admission(DaemonConfig config, Database source, Database target, Notify manager, BooleanSupplier stopping) {
    boolean admit(boolean wait) {
        return true;
    }
}
