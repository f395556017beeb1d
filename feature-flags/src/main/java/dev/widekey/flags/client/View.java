package dev.widekey.flags.client;

import dev.widekey.flags.FlagPair;
import dev.widekey.flags.Stage;
import dev.widekey.flags.ack.Versions;
import java.util.List;

/**
 * The flags as one read found them. Immutable.
 *
 * @param fenced whether both flags move while both sides are still and equal
 * @param returning whether a rolling move is on its way back
 */
record View(FlagPair pair, Stage stage, boolean fenced, boolean returning) {

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
            case BEFORE -> returning ? List.of(Side.SOURCE, Side.TARGET) : List.of(Side.SOURCE);
            case WRITES_MOVED -> List.of(Side.SOURCE, Side.TARGET);
            case READS_MOVED -> List.of(Side.TARGET);
        };
    }

    /**
     * The side that is right where both have a row. In a rolling cutover rows below the gap are changed on the source until the
     * reads have moved, and the stream follows; on its way back they are changed on the target. In a fenced one nothing is changed on the source once
     * the writes have moved.
     */
    Side winner() {
        return switch (stage) {
            case BEFORE -> returning ? Side.TARGET : Side.SOURCE;
            case WRITES_MOVED -> fenced || returning ? Side.TARGET : Side.SOURCE;
            case READS_MOVED -> Side.TARGET;
        };
    }

    /** Whether rows live on both sides, each changed where it was born. */
    boolean isSplit() {
        return switch (stage) {
            case BEFORE -> returning;
            case WRITES_MOVED -> returning || !fenced;
            case READS_MOVED -> false;
        };
    }

    /** Whether a stream keeps the other side like the winner, as far as anybody can tell from the flags. */
    boolean isMirrored() {
        return stage != Stage.READS_MOVED || fenced;
    }
}
