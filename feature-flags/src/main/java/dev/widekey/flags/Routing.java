package dev.widekey.flags;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The application's two flags and the only steps by which they move.
 *
 * <pre>
 *   BEFORE  --moveWrites--&gt;  WRITES_MOVED  --moveReads--&gt;  READS_MOVED
 *           &lt;-returnWrites-                &lt;-returnReads-
 * </pre>
 *
 * <p>A step reads both flags, refuses from a stage it does not start from, and writes one flag on the condition that both
 * are still as read. So the forbidden pair (writes to the source, reads from the target alone) is never stored: not by a crash
 * between steps, not by two processes stepping in opposite directions. Each step is idempotent: from the stage it leads to it
 * changes nothing.
 *
 * <p>Every method may throw {@link FlagStoreException} or {@link AmbiguousFlagException}; repeating a step is safe after
 * either. {@link FlagConflictException} means that somebody else moves the same flags.
 *
 * <p>Thread-safe when the store is.
 */
public final class Routing {

    private final FlagStore store;
    private final FlagName write;
    private final FlagName read;

    public Routing(FlagStore store, FlagName write, FlagName read) {
        if (write.name().equals(read.name())) {
            throw new IllegalArgumentException("the write and the read flag are both called " + write.name());
        }
        this.store = store;
        this.write = write;
        this.read = read;
    }

    /** Both flags as of one moment, whatever they say. */
    public FlagPair pair() {
        Map<String, Flag> flags = store.readAll();
        return new FlagPair(
                write, read, Optional.ofNullable(flags.get(write.name())), Optional.ofNullable(flags.get(read.name())));
    }

    /**
     * The stage the two flags are in.
     *
     * @throws RoutingException for the forbidden pair
     */
    public Stage stage() {
        FlagPair pair = pair();
        return pair.stage()
                .orElseThrow(() -> new RoutingException("reading the stage", pair, "one of the three stages"));
    }

    /**
     * Stores the two flags if they were never written, with the values the application uses anyway. It never changes where
     * the application goes.
     *
     * @return the stage found when both flags exist already, else {@link Stage#BEFORE}
     * @throws RoutingException when a flag is missing and the application is not in {@link Stage#BEFORE}, or for the forbidden
     *     pair
     */
    public Stage initialise(String owner, String reason) {
        FlagPair pair = pair();
        Optional<Stage> stage = pair.stage();
        if (stage.isEmpty()) {
            throw new RoutingException("initialising the flags", pair, "one of the three stages");
        }
        if (pair.isExplicit()) {
            return stage.get();
        }
        if (stage.get() != Stage.BEFORE) {
            throw new RoutingException("initialising the flags", pair, "writes to the source and reads covering it");
        }
        // The read flag first: whoever sees the write flag stored knows that reads are settled. Values are the
        // effective ones,
        // so a crash between the two changes nothing.
        if (pair.read().isEmpty()) {
            store.create(read.name(), !read.targetWhen(), owner, reason);
        }
        if (pair.write().isEmpty()) {
            store.create(write.name(), !write.targetWhen(), owner, reason);
        }
        return stage();
    }

    /** Sends new rows to the target; reads keep covering both tables. Starts from {@link Stage#BEFORE}. */
    public void moveWrites(String owner, String reason) {
        step("moving writes to the target", Stage.BEFORE, Stage.WRITES_MOVED, owner, reason);
    }

    /** Stops reading the source. Starts from {@link Stage#WRITES_MOVED}. */
    public void moveReads(String owner, String reason) {
        step("moving reads to the target", Stage.WRITES_MOVED, Stage.READS_MOVED, owner, reason);
    }

    /** Lets reads cover the source again. Starts from {@link Stage#READS_MOVED}. */
    public void returnReads(String owner, String reason) {
        step("returning reads to both tables", Stage.READS_MOVED, Stage.WRITES_MOVED, owner, reason);
    }

    /** Sends new rows to the source again. Starts from {@link Stage#WRITES_MOVED}. */
    public void returnWrites(String owner, String reason) {
        step("returning writes to the source", Stage.WRITES_MOVED, Stage.BEFORE, owner, reason);
    }

    private void step(String step, Stage from, Stage to, String owner, String reason) {
        FlagPair pair = pair();
        if (!pair.isExplicit()) {
            throw new RoutingException(step, pair, "both flags to be stored");
        }
        Set<Stage> allowed = Set.of(from, to);
        Stage found = pair.stage()
                .filter(allowed::contains)
                .orElseThrow(() -> new RoutingException(step, pair, describe(from) + ", or " + describe(to)));
        if (found == to) {
            return;
        }
        Flag writeFlag = pair.write().orElseThrow();
        Flag readFlag = pair.read().orElseThrow();
        if (from.writesToTarget() != to.writesToTarget()) {
            store.compareAndSet(writeFlag, to.writesToTarget() == write.targetWhen(), owner, reason, List.of(readFlag));
        } else {
            store.compareAndSet(readFlag, to.readsTargetOnly() == read.targetWhen(), owner, reason, List.of(writeFlag));
        }
    }

    private String describe(Stage stage) {
        return write.name() + "=" + (stage.writesToTarget() == write.targetWhen()) + " with " + read.name() + "="
                + (stage.readsTargetOnly() == read.targetWhen());
    }
}
