package dev.widekey.sandbox.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Java options that make the daemon start fast: a process that lives for seconds is best off with the cheap compiler, a simple collector, and its
 * classes from an archive. Stateless.
 */
public final class FastStart {
    private static final String PLAIN = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xshare:auto";
    private static final int ROWS = 500;

    private FastStart() {}

    /** Runs one quiet migration, which leaves the archive behind, and returns the options. */
    public static String rehearse(Arena arena, long seed, Consumer<String> say)
            throws Round.FailedException, IOException, SQLException, InterruptedException {
        Path archive = arena.folder().resolve("classes.jsa");
        String options = PLAIN + " -XX:ArchiveClassesAtExit=" + archive;
        Round.run(arena, new Round.Setup("rehearsal", seed, ROWS, 100, 1, 5, false, false, options), List.of(), say);
        boolean kept = Files.exists(archive);
        say.accept(
                "rehearsed; " + (kept ? Files.size(archive) / 1_000_000 + " MB of classes kept" : "no classes kept"));
        return kept ? PLAIN + " -XX:SharedArchiveFile=" + archive : PLAIN;
    }
}
