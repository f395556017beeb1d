package dev.widekey.flags.outlet;

import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;

/** An outlet in memory, with the behaviour of the real ones. A hook sees every access; planned failures come at the next writes and reads. */
public final class MemoryOutlet implements Outlet {

    /** Runs before every read, and before and after every write; whatever it throws ends the access there. */
    public interface Hook {
        void at(String moment);
    }

    private final Map<String, Boolean> values = new TreeMap<>();
    private final List<Map<String, Boolean>> past = new ArrayList<>();
    private final Queue<OutletException> instead = new ArrayDeque<>();
    private final Queue<OutletException> behind = new ArrayDeque<>();
    private final Queue<OutletException> unread = new ArrayDeque<>();
    private Hook hook = moment -> {};
    private int reads;
    private int writes;

    public void hook(Hook next) {
        hook = next;
    }

    /** The next write ends with this and does nothing. */
    public void failInstead(OutletException failure) {
        instead.add(failure);
    }

    /** The next write happens, and ends with this. */
    public void failBehind(OutletException failure) {
        behind.add(failure);
    }

    /** The next read ends with this. */
    public void failToRead(OutletException failure) {
        unread.add(failure);
    }

    /** Somebody sets a flag by hand. */
    public synchronized void set(String name, boolean value) {
        values.put(name, value);
        past.add(new TreeMap<>(values));
    }

    /** Somebody takes a flag out. */
    public synchronized void remove(String name) {
        values.remove(name);
        past.add(new TreeMap<>(values));
    }

    /** All values, after every change. */
    public synchronized List<Map<String, Boolean>> past() {
        return List.copyOf(past);
    }

    public synchronized int reads() {
        return reads;
    }

    public synchronized int writes() {
        return writes;
    }

    @Override
    public Map<String, Boolean> read(Set<String> names) throws OutletException {
        hook.at("before a read");
        synchronized (this) {
            reads++;
            OutletException failure = unread.poll();
            if (failure != null) {
                throw failure;
            }
            Map<String, Boolean> found = new TreeMap<>(values);
            found.keySet().retainAll(names);
            return found;
        }
    }

    @Override
    public void write(String name, boolean value) throws OutletException {
        hook.at("before a write");
        synchronized (this) {
            writes++;
            OutletException failure = instead.poll();
            if (failure != null) {
                throw failure;
            }
            set(name, value);
        }
        hook.at("after a write");
        OutletException lost = behind.poll();
        if (lost != null) {
            throw lost;
        }
    }

    @Override
    public String toString() {
        return "memory";
    }
}
