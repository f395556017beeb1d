package dev.widekey.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The model checker TLC, in a process of its own. Stateless. */
final class Tlc {
    private static final Path MODELS =
            Path.of("../docs/models").toAbsolutePath().normalize();

    private Tlc() {}

    /**
     * Checks a model of {@code docs/models}.
     *
     * @param folder empty, for TLC's files
     * @param constants all of the model's
     * @param shown those to name in the output
     * @return everything TLC said
     */
    static String check(
            Path folder,
            String model,
            List<String> invariants,
            Map<String, String> constants,
            Map<String, String> shown)
            throws IOException, InterruptedException {
        Files.copy(MODELS.resolve(model + ".tla"), folder.resolve(model + ".tla"));
        Files.writeString(
                folder.resolve(model + ".cfg"),
                "SPECIFICATION Spec\nINVARIANTS " + String.join(" ", invariants) + "\nCONSTANTS\n"
                        + constants.entrySet().stream()
                                .map(entry -> "  " + entry.getKey() + " = " + entry.getValue() + "\n")
                                .collect(Collectors.joining()));
        Path output = folder.resolve("output");
        Process tlc = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx3g",
                        "-XX:+UseParallelGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "tlc2.TLC",
                        "-workers",
                        "2",
                        "-deadlock",
                        "-metadir",
                        folder.resolve("states").toString(),
                        "-config",
                        model + ".cfg",
                        model))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!tlc.waitFor(90, TimeUnit.MINUTES)) {
            tlc.destroyForcibly();
            throw new AssertionError("TLC does not end");
        }
        String said = Files.readString(output, StandardCharsets.UTF_8);
        System.out.println(model + " " + shown + ": "
                + said.lines()
                        .filter(line -> line.contains("distinct states found")
                                || line.contains("violated")
                                || line.contains("No error"))
                        .collect(Collectors.joining("; ")));
        return said;
    }
}
