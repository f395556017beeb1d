package dev.widekey.sandbox.mysql;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A shell that waits at the far end of a pipe and removes a server when this process dies, however it dies. Not thread-safe.
 */
final class Watchdog {
    // The pipe closes with the process that holds it, SIGKILL included. The shell stops only the process whose command
    // line names the folder.
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            read -r line
            pid=$(cat "$1/pid") || exit 0
            if tr '\\0' '\\n' < "/proc/$pid/cmdline" | grep -qxF -e "--datadir=$1/data"; then kill -KILL "$pid"; fi
            rm -rf -- "$1"
            """;

    private final Process shell;

    private Watchdog(Process shell) {
        this.shell = shell;
    }

    static Watchdog over(Path folder) throws IOException {
        return new Watchdog(new ProcessBuilder("sh", "-c", SCRIPT, "widekey-watchdog", folder.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** Closes the pipe, as the end of this process does. */
    void release() throws IOException {
        shell.getOutputStream().close();
    }

    /** Ends the watch without touching the server. */
    void dismiss() {
        shell.destroyForcibly();
    }
}
