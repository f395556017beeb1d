package dev.widekey.daemon;

import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.Phase;
import dev.widekey.flags.FlagException;
import dev.widekey.flags.FlagPair;
import dev.widekey.flags.Routing;
import dev.widekey.flags.Stage;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches that nobody else moves the application. Before the daemon has reserved the id gap, an application that writes to the target may be handed
 * ids that the source is using too.
 */
final class RoutingWatch implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(RoutingWatch.class);

    /** The phases in which the application belongs on the source. */
    private static final Set<Phase> ON_SOURCE =
            EnumSet.of(Phase.BACKFILL, Phase.INDEX, Phase.CATCH_UP, Phase.VERIFY, Phase.READY);

    private final Routing routing;
    private final Supplier<Phase> phase;
    private final Alarm alarm;

    RoutingWatch(Routing routing, Supplier<Phase> phase, Alarm alarm) {
        this.routing = routing;
        this.phase = phase;
        this.alarm = alarm;
    }

    @Override
    public void run() {
        if (!ON_SOURCE.contains(phase.get())) {
            return;
        }
        try {
            FlagPair pair = routing.pair();
            // The phase is read again behind the flags: the daemon's own flip comes after its move to another phase.
            if (!pair.stage().equals(Optional.of(Stage.BEFORE)) && ON_SOURCE.contains(phase.get())) {
                alarm.raise(
                        new HaltException(
                                HaltException.Reason.FLAGS_UNEXPECTED,
                                "somebody moved the application before the migration did: " + pair
                                        + "; set the flags back, find out which rows the application wrote to the target, then start again"));
            }
        } catch (FlagException failure) {
            log.warn("the application's flags cannot be read: {}", failure.getMessage());
        }
    }
}
