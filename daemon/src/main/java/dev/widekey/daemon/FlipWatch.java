package dev.widekey.daemon;

import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.status.Followed;
import dev.widekey.flags.FlagException;
import dev.widekey.flags.Routing;
import dev.widekey.flags.ack.AcknowledgementException;
import dev.widekey.flags.ack.Acknowledgements;
import dev.widekey.flags.ack.Roll;
import dev.widekey.flags.ack.Strength;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches who follows a flip, for the status, and says for the read flip who does not yet. Thread-safe. */
final class FlipWatch implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(FlipWatch.class);

    /** The phases behind a flip under a fence, which refuses whoever does not follow. */
    private static final Set<Phase> FENCED =
            EnumSet.of(Phase.OPEN, Phase.WATCH, Phase.FENCE_BACK, Phase.UNFENCE_BACK, Phase.OPEN_BACK);

    private static final Set<Phase> ROLLING = EnumSet.of(
            Phase.DRAIN,
            Phase.SEAL,
            Phase.FLIP_READS,
            Phase.RETURN_READS,
            Phase.RETURN_WRITES,
            Phase.DRAIN_BACK,
            Phase.SEAL_BACK);

    private final Acknowledgements acknowledgements;
    private final Routing routing;
    private volatile Supplier<Phase> phase = () -> Phase.IDLE;
    private volatile Optional<Followed> last = Optional.empty();

    FlipWatch(Acknowledgements acknowledgements, Routing routing) {
        this.acknowledgements = acknowledgements;
        this.routing = routing;
    }

    /** From now on the migration is in this phase. */
    void follow(Supplier<Phase> now) {
        phase = now;
    }

    @Override
    public void run() {
        Phase now = phase.get();
        if (FENCED.contains(now)) {
            last = Optional.of(new Followed(Strength.FENCED, who(look())));
        } else if (ROLLING.contains(now)) {
            Optional<Roll> roll = look();
            boolean acked = roll.map(Roll::outcome)
                    .filter(Roll.Outcome.COMPLETE::equals)
                    .isPresent();
            last = Optional.of(new Followed(acked ? Strength.ACKED : Strength.OBSERVED, who(roll)));
        } else {
            last = Optional.empty();
        }
    }

    /** What the last look saw; empty when there is no flip to follow. */
    Optional<Followed> last() {
        return last;
    }

    /** Instances that live and do not follow the flip yet; empty when there are none. What cannot be read is waited for. */
    Optional<String> pending() {
        Optional<Roll> roll = look();
        if (roll.isEmpty()) {
            return Optional.of("the instances' acknowledgements cannot be read");
        }
        return roll.filter(seen -> seen.outcome() == Roll.Outcome.PENDING).map(Roll::toString);
    }

    private Optional<Roll> look() {
        try {
            return Optional.of(acknowledgements.of(routing.pair()));
        } catch (AcknowledgementException | FlagException failure) {
            log.warn("who follows the flags cannot be read: {}", failure.getMessage());
            return Optional.empty();
        }
    }

    private static String who(Optional<Roll> roll) {
        return roll.map(Roll::toString).orElse("acknowledgements unknown");
    }
}
