package dev.widekey.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** Plan, windows and target in memory. Windows hold the copy to their protocol; a test hooks into each step. */
final class MemoryMerge implements Plan, Windows {

    /** The steps of a chunk at which something can happen. */
    enum At {
        PLAN,
        AWAIT,
        INSERT,
        COMMIT
    }

    /** What happens there. */
    interface Hook {
        void at(At step, Chunk chunk) throws SQLException, InterruptedException;
    }

    final List<Chunk> planned = new CopyOnWriteArrayList<>();
    final Set<Long> copied = new ConcurrentSkipListSet<>();
    final Map<Long, String> target = new ConcurrentSkipListMap<>();
    final List<MemoryWindow> opened = new CopyOnWriteArrayList<>();
    final List<String> offences = new CopyOnWriteArrayList<>();
    private final Map<Thread, Boolean> planners = new ConcurrentHashMap<>();
    private volatile Hook hook = (step, chunk) -> {};

    void when(Hook hook) {
        this.hook = hook;
    }

    @Override
    public Optional<Chunk> last() {
        return planned.isEmpty() ? Optional.empty() : Optional.of(planned.get(planned.size() - 1));
    }

    @Override
    public Optional<Chunk> furthest(ChunkOrder order) {
        Comparator<Long> last = Comparator.nullsLast(
                order == ChunkOrder.ASCENDING ? Comparator.naturalOrder() : Comparator.<Long>reverseOrder());
        return planned.stream()
                .max(Comparator.comparing(
                        chunk -> order == ChunkOrder.ASCENDING
                                ? chunk.range().upTo()
                                : chunk.range().above(),
                        last));
    }

    @Override
    public List<Chunk> split(Chunk chunk, long at, long number) {
        Chunk lower = new Chunk(chunk.number(), new KeyRange(chunk.range().above(), at));
        if (!planned.contains(chunk) || copied.contains(chunk.number())) {
            offences.add(chunk + " is split and is not there to be copied");
        }
        planned.set(planned.indexOf(chunk), lower);
        add(new Chunk(number, new KeyRange(at, chunk.range().upTo())));
        return List.of(lower, planned.get(planned.size() - 1));
    }

    @Override
    public List<Chunk> uncopied() {
        return planned.stream()
                .filter(chunk -> !copied.contains(chunk.number()))
                .toList();
    }

    @Override
    public void add(Chunk chunk) {
        planners.put(Thread.currentThread(), true);
        if (planners.size() > 1) {
            offences.add("the plan is used by two threads at once");
        }
        if (chunk.number() != planned.size()) {
            offences.add(chunk + " is planned behind " + last());
        }
        planned.add(chunk);
        try {
            hook.at(At.PLAN, chunk);
        } catch (SQLException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        } finally {
            planners.remove(Thread.currentThread());
        }
    }

    @Override
    public MemoryWindow open(Chunk chunk) {
        if (!planned.contains(chunk)) {
            offences.add(chunk + " is not planned");
        }
        MemoryWindow window = new MemoryWindow(chunk);
        opened.add(window);
        return window;
    }

    /** The windows opened for one chunk. */
    List<MemoryWindow> windowsOf(long number) {
        return opened.stream().filter(window -> window.chunk.number() == number).toList();
    }

    final class MemoryWindow implements Window {
        final Chunk chunk;
        final List<String> calls = new ArrayList<>();
        private final Map<Long, String> rows = new TreeMap<>();
        private boolean failed;
        private boolean committed;
        volatile boolean closed;

        MemoryWindow(Chunk chunk) {
            this.chunk = chunk;
        }

        @Override
        public void awaitVisible(Connection source) throws SQLException, InterruptedException {
            demand(calls.isEmpty(), "waits twice");
            step(At.AWAIT);
        }

        @Override
        public void insert(RowBatch batch) throws SQLException {
            demand(calls.contains("AWAIT"), "inserts before it has waited");
            try {
                step(At.INSERT);
            } catch (InterruptedException stop) {
                throw new SQLException(stop);
            }
            for (byte[][] row : batch.rows()) {
                long key = Long.parseLong(new String(row[0], UTF_8));
                demand(chunk.range().contains(key), "gets key " + key);
                rows.put(key, new String(row[1], UTF_8));
            }
        }

        @Override
        public void commit() throws SQLException, InterruptedException {
            demand(calls.contains("INSERT"), "commits what it never read");
            step(At.COMMIT);
            demand(copied.add(chunk.number()), "is copied twice");
            target.putAll(rows);
            committed = true;
        }

        @Override
        public void close() {
            closed = true;
        }

        private void step(At step) throws SQLException, InterruptedException {
            demand(!failed, "is used after it failed");
            demand(!closed && !committed, "is used after its end");
            calls.add(step.name());
            failed = true;
            hook.at(step, chunk);
            failed = false;
        }

        private void demand(boolean holds, String offence) {
            if (!holds) {
                offences.add("the window of " + chunk + " " + offence);
            }
        }
    }
}
