package dev.widekey.flags.ack;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Who acts on a pair of flags and who does not, as of one look at the store. Immutable.
 *
 * <p>An expired instance counts as safe for one reason alone: it promised to write nothing after its lease until it has told
 * the store that it lives and then read the flags again, and {@link dev.widekey.flags.client.Router} keeps that promise by a
 * monotonic clock that runs from before the heartbeat was sent. One thing no client can promise: a commit it sent within the
 * lease may arrive after it. A cutover for which that is too much fences, see {@link Strength#FENCED}.
 *
 * @param acknowledged live instances that act on the pair, or on a newer one
 * @param waiting live instances that do not yet
 * @param expired instances whose lease has ended
 */
public record Roll(List<Instance> acknowledged, List<Instance> waiting, List<Instance> expired) {

    /** What a roll comes to. */
    public enum Outcome {
        /** Nobody ever registered: it says nothing about the application, and is no acknowledgement. */
        NOBODY,
        /** A live instance does not act on the pair yet. */
        PENDING,
        /** Every instance there is acts on the pair or has expired. */
        COMPLETE
    }

    public Roll {
        acknowledged = List.copyOf(acknowledged);
        waiting = List.copyOf(waiting);
        expired = List.copyOf(expired);
    }

    /** What it comes to. */
    public Outcome outcome() {
        if (!waiting.isEmpty()) {
            return Outcome.PENDING;
        }
        return acknowledged.isEmpty() && expired.isEmpty() ? Outcome.NOBODY : Outcome.COMPLETE;
    }

    /** As in a status line: numbers, and who is waited for. */
    @Override
    public String toString() {
        if (outcome() == Outcome.NOBODY) {
            return "no instance is registered";
        }
        String numbers =
                acknowledged.size() + " acknowledged, " + waiting.size() + " waiting, " + expired.size() + " expired";
        return waiting.isEmpty()
                ? numbers
                : numbers + "; waiting for "
                        + waiting.stream().limit(5).map(Instance::toString).collect(Collectors.joining(", "));
    }
}
