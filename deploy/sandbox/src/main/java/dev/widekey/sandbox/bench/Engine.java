package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.Contender.FailedException;
import dev.widekey.sandbox.bench.debezium.EngineJob;
import dev.widekey.sandbox.bench.debezium.EngineProgram;
import dev.widekey.sandbox.csmh.World;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Debezium engine as a process, with the heap the daemon has. Used by one thread. */
final class Engine implements AutoCloseable {
    private static final Pattern RESULT = Pattern.compile("rows=(\\d+) seconds=([\\d.]+) cpu=([\\d.]+)");

    private final Process process;
    private final BufferedReader output;
    private final Path log;

    private Engine(Process process, Path log) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.log = log;
    }

    /** What came out. */
    record Result(long rows, double seconds, double cpuSeconds) {}

    /** Starts an engine that copies the history. */
    static Engine copying(Servers servers, long rows) throws IOException {
        return start(servers, true, rows, "");
    }

    /** Starts an engine that reads the stream from a place on and does nothing with it. */
    static Engine reading(Servers servers, long rows, String offset) throws IOException {
        return start(servers, false, rows, offset);
    }

    private static Engine start(Servers servers, boolean copy, long rows, String offset) throws IOException {
        World world = servers.world();
        EngineJob job = new EngineJob(
                copy,
                rows,
                world.source().host(),
                world.source().port(),
                world.target().host(),
                world.target().port(),
                Servers.USER,
                Servers.PASSWORD,
                world.sourceSchema(),
                World.OLD_TABLE,
                world.targetSchema() + "." + World.EXTENDED_TABLE,
                offset);
        Path log = servers.folder().resolve("debezium.log");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx768m",
                        "-Duser.timezone=UTC",
                        "-Dlogback.configurationFile=dev/widekey/sandbox/bench/logback-bench.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EngineProgram.class.getName()))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(job.environment());
        return new Engine(builder.start(), log);
    }

    /** Waits until the first row of a stream has come. */
    void awaitBeginning() throws IOException {
        String line = output.readLine();
        while (line != null && !line.equals(EngineProgram.BEGUN)) {
            line = output.readLine();
        }
    }

    /** Waits for the end. */
    Result await() throws IOException, InterruptedException {
        Optional<Matcher> result =
                output.lines().map(RESULT::matcher).filter(Matcher::find).reduce((first, last) -> last);
        int exit = process.waitFor();
        if (exit != 0 || result.isEmpty()) {
            throw new FailedException("the engine ended with " + exit + ":\n" + Tool.tail(log));
        }
        Matcher match = result.get();
        return new Result(
                Long.parseLong(match.group(1)), Double.parseDouble(match.group(2)), Double.parseDouble(match.group(3)));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
