package dev.widekey.sandbox.scenario;

import dev.widekey.sandbox.csmh.Flags;
import dev.widekey.sandbox.csmh.SettingsFile;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Looks into the settings several hundred times a second and keeps every pair of flags it sees. Thread-safe. */
final class FlagRecorder implements AutoCloseable {
    private static final long LOOK_MILLIS = 2;

    private final SettingsFile settings;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicReference<SQLException> failure = new AtomicReference<>();
    private final Thread thread;

    /** A pair, and when it was first seen, by {@link System#nanoTime}. */
    private record Seen(Flags flags, long at) {}

    FlagRecorder(SettingsFile settings) {
        this.settings = settings;
        this.thread = new Thread(this::record, "scenario-flags");
        thread.setDaemon(true);
        thread.start();
    }

    private void record() {
        try {
            do {
                Flags now = settings.flags();
                if (seen.isEmpty() || !seen.get(seen.size() - 1).flags().equals(now)) {
                    seen.add(new Seen(now, System.nanoTime()));
                }
            } while (!stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (SQLException unreadable) {
            failure.set(unreadable);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The pairs in the order in which they were seen.
     *
     * @throws SQLException when the settings could not be read at some moment
     */
    List<Flags> history() throws SQLException {
        SQLException unreadable = failure.get();
        if (unreadable != null) {
            throw unreadable;
        }
        return seen.stream().map(Seen::flags).toList();
    }

    /** When a pair was first seen; empty when it never was. */
    OptionalLong firstSeen(Flags flags) {
        return seen.stream()
                .filter(one -> one.flags().equals(flags))
                .mapToLong(Seen::at)
                .findFirst();
    }

    @Override
    public void close() throws InterruptedException {
        stop.countDown();
        thread.join();
    }
}
