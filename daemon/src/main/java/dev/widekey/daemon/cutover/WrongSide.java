package dev.widekey.daemon.cutover;

import dev.widekey.daemon.fence.TripWire;
import dev.widekey.daemon.state.HaltException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Old rows that the application changes on the side that does not own them yet. The stream overwrites such a change or it stays hidden, and which of the two
 * rows is right is not for the daemon to guess, so it stops. Deletes are no trouble: an application deletes on both sides. Used by the migration's
 * thread.
 */
public final class WrongSide {
    private static final int NAMED = 10;
    private static final int MANY = 100_000;

    private final TripWire wire;
    private final String entered;
    private final String left;

    /**
     * Wires it.
     *
     * @param entered the name of the side with the wire
     * @param left the name of the other
     */
    public WrongSide(TripWire wire, String entered, String left) {
        this.wire = wire;
        this.entered = entered;
        this.left = left;
    }

    /** Watches keys below {@code first}. */
    void raise(long first) throws SQLException {
        wire.raise(first);
    }

    /** Goes on watching, whatever of it is there. */
    void mend(long first) throws SQLException {
        wire.mend(first);
    }

    /** Old rows that were deleted there; empty when they are too many to compare. */
    Optional<Set<Long>> deleted() throws SQLException {
        List<TripWire.Stray> strays = wire.strays(MANY);
        return strays.size() == MANY
                ? Optional.empty()
                : Optional.of(strays.stream().map(TripWire.Stray::key).collect(Collectors.toSet()));
    }

    /** Watches no more. */
    void takeDown() throws SQLException {
        wire.takeDown();
    }

    /** A person has dealt with what was found. */
    public void forget() throws SQLException {
        wire.forget();
    }

    /**
     * Makes sure that nobody has changed an old row there.
     *
     * @throws HaltException when somebody has
     */
    void require() throws SQLException {
        List<TripWire.Stray> changed = wire.strays(NAMED + 1).stream()
                .filter(stray -> !stray.deleted())
                .toList();
        if (!changed.isEmpty()) {
            throw new HaltException(
                    HaltException.Reason.WRONG_SIDE,
                    "the application has changed old rows on the " + entered + ", which belong to the " + left
                            + " until it is sealed: "
                            + changed.stream()
                                    .limit(NAMED)
                                    .map(stray -> Long.toString(stray.key()))
                                    .collect(Collectors.joining(", "))
                            + (changed.size() > NAMED ? ", ..." : "")
                            + "; the stream may have overwritten them. Change them on the " + left
                            + " as they should be, and keep the application from it (docs/flags-contract.md), then start again");
        }
    }
}
