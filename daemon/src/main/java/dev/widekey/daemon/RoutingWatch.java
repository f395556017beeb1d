package dev.widekey.daemon;

import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.preflight.Problem;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.Phase;
import dev.widekey.flags.FlagException;
import dev.widekey.flags.FlagPair;
import dev.widekey.flags.Routing;
import dev.widekey.flags.Stage;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches that nobody else moves the application. Before the daemon has reserved the id gap, an application that writes to the target may be handed
 * ids that the source is using too; behind it, one that writes to the source again would fill the gap up, and one that reads the target alone would miss
 * what is not copied yet.
 */
final class RoutingWatch implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(RoutingWatch.class);

    /** The phases in which the application stays where it is. */
    private static final Set<Phase> AT_REST =
            EnumSet.of(Phase.BACKFILL, Phase.INDEX, Phase.CATCH_UP, Phase.VERIFY, Phase.READY);

    private final Routing routing;
    private final BooleanSupplier writesFirst;
    private final Supplier<Phase> phase;
    private final Alarm alarm;

    /**
     * Wires it.
     *
     * @param writesFirst whether the application's writes are on the target in these phases
     */
    RoutingWatch(Routing routing, BooleanSupplier writesFirst, Supplier<Phase> phase, Alarm alarm) {
        this.routing = routing;
        this.writesFirst = writesFirst;
        this.phase = phase;
        this.alarm = alarm;
    }

    /**
     * The same look, for a process that begins: before it compares or moves anything, since it may have been given another order than the process before it.
     * Nothing is stored about it, so that a halt that somebody has dealt with meanwhile is still known.
     *
     * @throws Refusals.RefusedException when the application is not where it belongs
     */
    static void requireExpected(boolean writesFirst, Phase now, Routing routing) {
        Optional<Unexpected> found = look(routing, writesFirst, () -> now);
        if (found.isPresent()) {
            throw new Refusals.RefusedException(List.of(new Problem(
                    Problem.Code.FLAGS_UNEXPECTED,
                    found.get().what(),
                    "flags of the application",
                    found.get().fix())));
        }
    }

    @Override
    public void run() {
        look(routing, writesFirst.getAsBoolean(), phase)
                .ifPresent(found -> alarm.raise(
                        new HaltException(HaltException.Reason.FLAGS_UNEXPECTED, found.what() + "; " + found.fix())));
    }

    /** What was seen, and what to do about it. */
    private record Unexpected(String what, String fix) {}

    private static Optional<Unexpected> look(Routing routing, boolean writesFirst, Supplier<Phase> phase) {
        if (!AT_REST.contains(phase.get())) {
            return Optional.empty();
        }
        try {
            FlagPair pair = routing.pair();
            Stage expected = writesFirst ? Stage.WRITES_MOVED : Stage.BEFORE;
            // The phase is read again behind the flags: the daemon's own flip comes after its move to another phase.
            if (pair.stage().equals(Optional.of(expected)) || !AT_REST.contains(phase.get())) {
                return Optional.empty();
            }
            return Optional.of(writesFirst ? notMoved(pair) : movedBySomebody(pair));
        } catch (FlagException failure) {
            log.warn("the application's flags cannot be read: {}", failure.getMessage());
            return Optional.empty();
        }
    }

    private static Unexpected movedBySomebody(FlagPair pair) {
        return new Unexpected(
                "somebody moved the application before the migration did: " + pair,
                "set the flags back, find out which rows the application wrote to the target, then start again. If the migration was begun with"
                        + " cutover.order: write-first, set only that again");
    }

    private static Unexpected notMoved(FlagPair pair) {
        return new Unexpected(
                "with cutover.order: write-first the application writes to the target and reads both tables until every row is compared, but the flags"
                        + " say " + pair,
                "if somebody moved them, set them back, then start again. If the migration was begun in the other order, set cutover.order back");
    }
}
