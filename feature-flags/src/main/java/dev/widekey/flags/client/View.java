package dev.widekey.flags.client;

import dev.widekey.flags.FlagPair;
import dev.widekey.flags.Stage;
import dev.widekey.flags.ack.Versions;
import java.util.List;

/**
 * The flags as one read found them. Immutable.
 *
 * @param fenced whether both flags move while both sides are still and equal
 */
record View(FlagPair pair, Stage stage, boolean fenced) {

    Versions versions() {
        return Versions.of(pair);
    }

    /** Where new rows go. */
    Side writes() {
        return stage.writesToTarget() ? Side.TARGET : Side.SOURCE;
    }

    /** The sides a read has to cover. */
    List<Side> reads() {
        return switch (stage) {
            case BEFORE -> List.of(Side.SOURCE);
            case WRITES_MOVED -> List.of(Side.SOURCE, Side.TARGET);
            case READS_MOVED -> List.of(Side.TARGET);
        };
    }

    /**
     * The side that is right where both have a row. In a rolling cutover rows below the gap are changed on the source until the
     * reads have moved, and the stream follows; in a fenced one nothing is changed on the source once the writes have moved.
     */
    Side winner() {
        return switch (stage) {
            case BEFORE -> Side.SOURCE;
            case WRITES_MOVED -> fenced ? Side.TARGET : Side.SOURCE;
            case READS_MOVED -> Side.TARGET;
        };
    }

    /** Whether rows live on both sides, each changed where it was born. */
    boolean isSplit() {
        return stage == Stage.WRITES_MOVED && !fenced;
    }

    /** Whether a stream keeps the other side like the winner. Nothing comes back to the source of a rolling cutover. */
    boolean isMirrored() {
        return stage != Stage.READS_MOVED || fenced;
    }
}
