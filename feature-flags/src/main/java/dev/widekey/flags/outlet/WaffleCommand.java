package dev.widekey.flags.outlet;

import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import dev.widekey.flags.OutletException.Kind;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Flags of django-waffle, changed by its own management commands {@code waffle_switch} and {@code waffle_flag}, which empty
 * Django's cache too, and read from its table. The command is started without a shell. A cache inside each process, which no
 * command can empty, keeps its old value until it expires. Thread-safe.
 */
public final class WaffleCommand implements Outlet {

    private static final int SAID = 500;

    private final WaffleTable table;
    private final List<String> command;
    private final Duration timeout;

    /**
     * Changes flags by a command, and sees in the table what became of it.
     *
     * @param command how the application's {@code manage.py} is started, words only; the management command is added to it
     * @param timeout after which the command is killed
     */
    public WaffleCommand(WaffleTable table, List<String> command, Duration timeout) {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a command has at least one word");
        }
        this.table = table;
        this.command = List.copyOf(command);
        this.timeout = timeout;
    }

    @Override
    public Map<String, Boolean> read(Set<String> names) throws OutletException {
        return table.read(names);
    }

    @Override
    public void write(String name, boolean value) throws OutletException {
        requireWord(name);
        if (Boolean.valueOf(value).equals(table.read(Set.of(name)).get(name))) {
            return;
        }
        List<String> words = new ArrayList<>(command);
        switch (table.model()) {
            case SWITCH -> words.addAll(List.of("waffle_switch", name, value ? "on" : "off", "--create"));
            case FLAG -> words.addAll(List.of("waffle_flag", name, value ? "--everyone" : "--deactivate", "--create"));
        }
        run(words);
    }

    private static void requireWord(String name) throws OutletException {
        if (name.startsWith("-")) {
            throw new OutletException(Kind.REFUSED, "the command would take the flag " + name + " for an option");
        }
    }

    private void run(List<String> words) throws OutletException {
        String what = String.join(" ", words);
        Path said;
        try {
            said = Files.createTempFile("widekey-command", ".out");
        } catch (IOException e) {
            throw new OutletException(Kind.UNREACHABLE, "no temporary file for what the command says: " + e, e);
        }
        try {
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            try {
                if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new OutletException(
                            Kind.LOST,
                            "`" + what + "` did not end within " + timeout.toSeconds() + " s and was killed");
                }
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            if (process.exitValue() != 0) {
                throw new OutletException(
                        Kind.REFUSED, "`" + what + "` ended with " + process.exitValue() + ": " + last(said));
            }
        } catch (IOException e) {
            throw new OutletException(Kind.REFUSED, "`" + what + "` cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutletException(Kind.LOST, "interrupted while `" + what + "` ran", e);
        } finally {
            said.toFile().delete();
        }
    }

    /** The end of what the command said: a Python failure names itself on its last line. */
    private static String last(Path said) throws IOException {
        try (InputStream in = Files.newInputStream(said)) {
            in.skip(Math.max(0, Files.size(said) - SAID));
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            return text.isEmpty() ? "it said nothing" : text.replaceAll("\\s*\\R\\s*", " | ");
        }
    }

    @Override
    public void check(Set<String> names) throws OutletException {
        read(names);
        for (String name : names) {
            requireWord(name);
        }
        String program = command.get(0);
        if (program.contains("/") && !Files.isExecutable(Path.of(program))) {
            throw new OutletException(Kind.REFUSED, program + " is not there or cannot be executed");
        }
    }

    @Override
    public String toString() {
        return "the waffle table " + table;
    }
}
