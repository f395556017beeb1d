package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.Contender.FailedException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Programs of others. What they print goes to a file that is quoted when they fail. Stateless. */
final class Tool {
    private Tool() {}

    /** Where a program is on the path. */
    static Optional<Path> find(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        for (String folder : path.split(":", -1)) {
            Path file = Path.of(folder, program);
            if (Files.isExecutable(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** The first line a program prints about itself. */
    static String version(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text.lines().findFirst().orElse("unknown");
    }

    /** Runs a program to its good end. */
    static void run(Path log, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        pipe(log, environment, List.of(command));
    }

    /** Runs programs of which each reads what the one before prints, to the good end of all. */
    static void pipe(Path log, Map<String, String> environment, List<List<String>> commands)
            throws IOException, InterruptedException {
        List<ProcessBuilder> builders = commands.stream()
                .map(command -> {
                    ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile()));
                    builder.environment().putAll(environment);
                    return builder;
                })
                .toList();
        builders.get(0).redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
        builders.get(builders.size() - 1).redirectOutput(Redirect.appendTo(log.toFile()));
        List<Process> processes = ProcessBuilder.startPipeline(builders);
        try {
            for (int i = 0; i < processes.size(); i++) {
                int exit = processes.get(i).waitFor();
                if (exit != 0) {
                    throw new FailedException(commands.get(i).get(0) + " ended with " + exit + ":\n" + tail(log));
                }
            }
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }

    static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }
}
