package dev.widekey.flags.ack;

import dev.widekey.flags.FlagPair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Since when each instance's heartbeat has been the same, by a monotonic clock. Thread-safe. */
final class Sightings {

    private record Sighting(long beat, long since) {}

    private final LongSupplier nanoTime;
    private Map<String, Sighting> known = Map.of();

    Sightings(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Sorts the instances that a look at the store finds. */
    synchronized Roll roll(FlagPair pair, Supplier<List<Instance>> look) {
        if (!pair.isExplicit()) {
            throw new IllegalArgumentException(
                    "nobody can acknowledge flags that were never written: " + pair + "; store both first");
        }
        Versions wanted = Versions.of(pair);
        // An unchanged heartbeat is at least as old as the beginning of this look, a new one at most as old as its end.
        long begun = nanoTime.getAsLong();
        List<Instance> found = look.get();
        long ended = nanoTime.getAsLong();
        Map<String, Sighting> now = new HashMap<>();
        List<Instance> acknowledged = new ArrayList<>();
        List<Instance> waiting = new ArrayList<>();
        List<Instance> expired = new ArrayList<>();
        for (Instance instance : found) {
            Sighting before = known.get(instance.name());
            Sighting sighting =
                    before != null && before.beat() == instance.beat() ? before : new Sighting(instance.beat(), ended);
            now.put(instance.name(), sighting);
            if (begun - sighting.since() > instance.lease().toNanos()) {
                expired.add(instance);
            } else if (instance.acts().cover(wanted)) {
                acknowledged.add(instance);
            } else {
                waiting.add(instance);
            }
        }
        known = now;
        return new Roll(acknowledged, waiting, expired);
    }
}
