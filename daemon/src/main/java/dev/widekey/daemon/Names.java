package dev.widekey.daemon;

import dev.widekey.daemon.config.DaemonConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** What tables and processes are called towards people. */
final class Names {

    private Names() {}

    /** A table's full name; also how a migration recognises its tables again. */
    static String of(DaemonConfig.Server server) {
        return server.schema() + "." + server.table();
    }

    /** This process, as others read it in the lease and in the flags' history. */
    static String ofThisProcess() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            host = "localhost";
        }
        return "process " + ProcessHandle.current().pid() + " on " + host;
    }
}
