package dev.widekey.daemon.simulation;

import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The source: rows, and a binlog in which a transaction stands before its rows can be read.
 *
 * <p>A transaction keeps its row locks until it is visible, so nobody else changes its keys before. With {@code binlog_order_commits} transactions
 * become visible in the order of the log, without it in any order. The log goes on in a new file only while nothing in it is invisible, as MySQL's does.
 */
final class Source {
    static final String SERVER = "aaaaaaaa-0000-4000-8000-000000000001";
    static final String OTHER_SERVER = "bbbbbbbb-0000-4000-8000-000000000002";
    static final String FINGERPRINT = "00";

    private static final int FILE_COMMITS = 5;
    private static final int COMMIT_BYTES = 100;
    /** Behind the events every file begins with. */
    private static final int FIRST_COMMIT = 157;

    /** A row's new value, or null when it is gone; {@code joined} when the entry before belongs to the same change of a key. */
    record Entry(long key, String value, boolean joined) {}

    /** A transaction in the log; its number is its place and its GTID. */
    static final class Commit {
        final int number;
        final List<Entry> entries;
        final Gtids gtid;
        final int file;
        final long offset;
        boolean visible;

        private Commit(int number, List<Entry> entries, int file, long offset) {
            this.number = number;
            this.entries = entries;
            this.file = file;
            this.offset = offset;
            this.gtid = Gtids.parse(SERVER + ":" + (number + 1));
        }
    }

    final boolean hasGtids;
    final boolean isOrdered;
    final List<Commit> log = new ArrayList<>();
    /** What can be read. */
    final TreeMap<Long, String> rows = new TreeMap<>();
    /** What the log leads to. */
    final TreeMap<Long, String> latest = new TreeMap<>();

    String server = SERVER;
    private Gtids executed = Gtids.empty();
    private int file = 1;
    private int inFile;

    Source(boolean hasGtids, boolean isOrdered) {
        this.hasGtids = hasGtids;
        this.isOrdered = isOrdered;
    }

    boolean hasFailedOver() {
        return !server.equals(SERVER);
    }

    /** Writes a transaction to the log; nobody can read it yet. */
    Commit write(List<Entry> entries) {
        if (inFile >= FILE_COMMITS && !hasHidden()) {
            file++;
            inFile = 0;
        }
        Commit commit =
                new Commit(log.size(), List.copyOf(entries), file, FIRST_COMMIT + (long) COMMIT_BYTES * inFile++);
        log.add(commit);
        for (Entry entry : entries) {
            put(latest, entry);
        }
        return commit;
    }

    private static void put(TreeMap<Long, String> rows, Entry entry) {
        if (entry.value() == null) {
            rows.remove(entry.key());
        } else {
            rows.put(entry.key(), entry.value());
        }
    }

    void show(Commit commit) {
        commit.visible = true;
        for (Entry entry : commit.entries) {
            put(rows, entry);
        }
        if (hasGtids) {
            executed = executed.plus(commit.gtid);
        }
    }

    Gtids executed() {
        return executed;
    }

    /** In the log, not to be read yet. */
    List<Commit> hidden() {
        return log.stream().filter(commit -> !commit.visible).toList();
    }

    boolean hasHidden() {
        for (int i = log.size() - 1; i >= 0; i--) {
            if (!log.get(i).visible) {
                return true;
            }
        }
        return false;
    }

    /** Keys whose rows are locked by transactions that are not visible yet. */
    Set<Long> locked() {
        Set<Long> keys = new HashSet<>();
        for (Commit commit : log) {
            if (!commit.visible) {
                commit.entries.forEach(entry -> keys.add(entry.key()));
            }
        }
        return keys;
    }

    /** The place in front of the transaction with this number, or behind the last one. */
    Position place(int number, Gtids gtids) {
        boolean behind = number == log.size();
        Commit commit = log.get(behind ? number - 1 : number);
        return new Position(
                SERVER,
                String.format("binlog.%06d", commit.file),
                commit.offset + (behind ? COMMIT_BYTES : 0),
                gtids,
                FINGERPRINT);
    }

    /** The number of the first transaction behind the place. */
    int number(Position place) {
        int number = 0;
        while (number < log.size() && place.covers(place(number, Gtids.empty())) && isPassed(place, log.get(number))) {
            number++;
        }
        return number;
    }

    private static boolean isPassed(Position place, Commit commit) {
        return !place.file().equals(String.format("binlog.%06d", commit.file))
                || place.offset() >= commit.offset + COMMIT_BYTES;
    }

    /** Whether the transaction need not be delivered behind this position. */
    boolean isIn(Position position, Commit commit) {
        return position.gtids().isEmpty()
                ? commit.number < number(position)
                : position.gtids().contains(commit.gtid);
    }

    Position end() {
        Position end = place(log.size(), executed);
        return new Position(server, end.file(), end.offset(), executed, "");
    }

    /** Another server takes the address over; it lacks the last transactions of the log, perhaps none. */
    void failOver(int lost) {
        server = OTHER_SERVER;
        for (int i = 0; i < lost && log.size() > 1; i++) {
            log.remove(log.size() - 1);
        }
        rows.clear();
        latest.clear();
        executed = Gtids.empty();
        for (Commit commit : log) {
            commit.entries.forEach(entry -> put(latest, entry));
            show(commit);
        }
    }
}
