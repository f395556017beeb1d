package dev.widekey.daemon;

import dev.widekey.backfill.parity.Difference;
import dev.widekey.backfill.parity.Findings;
import dev.widekey.daemon.repair.DifferenceFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code verify} finds: counted, the first kept to be printed, all of it written to the file if there is one. Thread-safe. */
final class DifferenceReport implements Findings, AutoCloseable {
    private static final int PRINTED = 20;

    private final Excuse excuse;
    private final long most;
    private final @Nullable DifferenceFile file;
    private final Map<Difference.Kind, Long> counts = new EnumMap<>(Difference.Kind.class);
    private final List<Difference> first = new ArrayList<>();
    private final Map<String, Long> excused = new TreeMap<>();
    private long total;

    /**
     * An empty report.
     *
     * @param most differences after which it is full
     * @param file closed with the report
     */
    DifferenceReport(Excuse excuse, long most, @Nullable DifferenceFile file) {
        this.excuse = excuse;
        this.most = most;
        this.file = file;
    }

    /** Why a row need not be on the target. */
    interface Excuse {
        /** In words that go on after "rows are"; empty when it has to be there. */
        Optional<String> of(long key) throws SQLException;
    }

    @Override
    public Optional<String> excuse(long key) throws SQLException {
        return excuse.of(key);
    }

    @Override
    public synchronized void excused(String why, long rows) {
        excused.merge(why, rows, Long::sum);
    }

    @Override
    public synchronized void found(List<Difference> more) throws SQLException {
        for (Difference difference : more) {
            counts.merge(difference.kind(), 1L, Long::sum);
            if (first.size() < PRINTED) {
                first.add(difference);
            }
        }
        total += more.size();
        if (file != null) {
            try {
                file.write(more);
            } catch (IOException failure) {
                throw new SQLException("the differences cannot be written to the file: " + failure, failure);
            }
        }
    }

    @Override
    public synchronized boolean isFull() {
        return total >= most;
    }

    /** How many rows are excused by this. */
    synchronized long excused(String why) {
        return excused.getOrDefault(why, 0L);
    }

    /** Says what was found, for people. */
    synchronized void print(PrintWriter out) {
        if (total > 0) {
            out.println(total + " differences: "
                    + counts.entrySet().stream()
                            .map(kind ->
                                    kind.getValue() + " " + kind.getKey().name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", ")));
            first.forEach(difference -> out.println("  " + difference));
            if (total > first.size()) {
                out.println("  and " + (total - first.size()) + " more");
            }
        }
        excused.forEach((why, rows) -> out.println(rows + " rows are " + why));
    }

    /** Ends the file; a comparison that was stopped by too many differences leaves a list that is not complete. */
    synchronized void end(String summary) throws IOException {
        if (file != null && isFull()) {
            file.comment(summary);
        } else if (file != null) {
            file.complete(summary);
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
