package dev.widekey.daemon.repair;

import dev.widekey.backfill.parity.Difference;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Differences in a file, one line each: key, kind and the columns that differ, separated by tabs. Lines that begin with {@code #} are for people,
 * but for the first, which names the tables the differences are of, and the last, which says that the list is complete: a comparison that was killed, failed
 * or stopped early leaves none. Used by one thread at a time.
 */
public final class DifferenceFile implements AutoCloseable {
    private static final String TABLES = "# differences of ";
    private static final String COMPLETE = "# complete: ";
    private static final int PROBLEMS_NAMED = 20;

    private final BufferedWriter file;

    private DifferenceFile(BufferedWriter file) {
        this.file = file;
    }

    /**
     * Begins a new file.
     *
     * @param tables what {@link #read} has to be asked for
     * @throws java.nio.file.FileAlreadyExistsException when there is a file of that name; it is left as it is
     */
    public static DifferenceFile create(Path path, String tables) throws IOException {
        BufferedWriter file = Files.newBufferedWriter(
                path, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        DifferenceFile differences = new DifferenceFile(file);
        differences.line(TABLES + tables);
        differences.line("# key\tkind\tcolumns");
        return differences;
    }

    /** Adds these. */
    public void write(List<Difference> differences) throws IOException {
        for (Difference difference : differences) {
            String columns = String.join(",", difference.columns()).replaceAll("\\p{Cntrl}", "?");
            line(difference.key() + "\t" + difference.kind().name().toLowerCase(Locale.ROOT) + "\t" + columns);
        }
        file.flush();
    }

    /** Adds a line for people. */
    public void comment(String text) throws IOException {
        line("# " + text);
    }

    /** Ends the list: it holds every difference the comparison found, and the comparison went to its end. */
    public void complete(String summary) throws IOException {
        line(COMPLETE + summary);
    }

    private void line(String text) throws IOException {
        file.write(text);
        file.write('\n');
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** A file that cannot be understood; the message names the lines and what they should be. */
    public static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String message) {
            super(message);
        }
    }

    /**
     * What a file lists.
     *
     * @param complete whether the comparison that wrote it went to its end
     */
    public record Listed(List<Difference> differences, boolean complete) {}

    /**
     * Reads a whole file; the columns are left out. A last line that was cut off is left out too.
     *
     * @param tables the tables the differences have to be of
     * @throws UnreadableException when it is not such a file or speaks of other tables
     */
    public static Listed read(Path path, String tables) throws IOException, UnreadableException {
        List<Difference> differences = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        boolean complete = false;
        // Not strict: a line may be cut off inside a character.
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(Files.newInputStream(path), StandardCharsets.UTF_8))) {
            String first = reader.readLine();
            if (!(TABLES + tables).equals(first)) {
                throw new UnreadableException("line 1 is '" + first + "' and should be '" + TABLES + tables + "'");
            }
            int number = 1;
            String next = reader.readLine();
            while (next != null) {
                String line = next;
                next = reader.readLine();
                number++;
                complete |= line.startsWith(COMPLETE);
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                String[] parts = line.split("\t", -1);
                try {
                    differences.add(new Difference(
                            Long.parseLong(parts[0]),
                            Difference.Kind.valueOf(parts.length > 1 ? parts[1].toUpperCase(Locale.ROOT) : ""),
                            List.of()));
                } catch (IllegalArgumentException neither) {
                    if (next == null && !endsWithALine(path)) {
                        break;
                    }
                    problems.add("line " + number + " is '" + line
                            + "' and should be a key, a tab and one of missing, extra, different, unsettled");
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new UnreadableException(String.join(
                            "; ", problems.subList(0, Math.min(problems.size(), PROBLEMS_NAMED)))
                    + (problems.size() > PROBLEMS_NAMED
                            ? "; and " + (problems.size() - PROBLEMS_NAMED) + " more"
                            : ""));
        }
        return new Listed(differences, complete);
    }

    private static boolean endsWithALine(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(file.length() - 1);
            return file.read() == '\n';
        }
    }
}
