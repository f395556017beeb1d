package dev.widekey.flags.ack;

import dev.widekey.flags.FlagPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Instances in memory, with the behaviour of the real store. A hook runs before every access; what it throws the caller sees. */
public final class InMemoryAcknowledgements implements Acknowledgements {

    private final Map<String, Instance> instances = new TreeMap<>();
    private final Sightings sightings;
    private Runnable hook = () -> {};

    public InMemoryAcknowledgements(LongSupplier nanoTime) {
        sightings = new Sightings(nanoTime);
    }

    public void hook(Runnable next) {
        hook = next;
    }

    @Override
    public void acknowledge(String instance, Versions acts, Duration lease) {
        hook.run();
        synchronized (this) {
            Instance before = instances.get(instance);
            long beat = before == null ? 1 : before.beat() + 1;
            instances.put(instance, new Instance(instance, acts, lease, beat, Duration.ZERO));
        }
    }

    @Override
    public void leave(String instance) {
        hook.run();
        synchronized (this) {
            instances.remove(instance);
        }
    }

    @Override
    public Roll of(FlagPair pair) {
        return sightings.roll(pair, () -> {
            hook.run();
            synchronized (this) {
                return List.copyOf(instances.values());
            }
        });
    }
}
