package dev.widekey.daemon.hook;

import dev.widekey.daemon.state.Phase;
import dev.widekey.flags.Stage;
import java.util.List;
import java.util.Locale;

/** What an event is about. */
public enum Happening {
    /** Every row was compared and is equal; nothing has moved yet. */
    VERIFIED(Stage.BEFORE),
    /** The write flag sends the application to the target. */
    WRITES_MOVED(Stage.WRITES_MOVED),
    /** The read flag sends it to the target alone. */
    READS_MOVED(Stage.READS_MOVED),
    /** The read flag covers the source again. */
    READS_RETURNED(Stage.WRITES_MOVED),
    /** The write flag sends the application to the source again. */
    WRITES_RETURNED(Stage.BEFORE);

    private final Stage stage;

    Happening(Stage stage) {
        this.stage = stage;
    }

    /** Where the application is afterwards. */
    public Stage stage() {
        return stage;
    }

    /** Its name in messages: lower case, with dashes. */
    public String word() {
        return word(this);
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What has happened when the migration has moved from one phase to another, in this order. A flag is flipped before the move is stored. */
    static List<Happening> of(Phase from, Phase to) {
        return switch (to) {
            case READY -> List.of(VERIFIED);
            case OPEN -> List.of(WRITES_MOVED, READS_MOVED);
            case OPEN_BACK -> List.of(READS_RETURNED, WRITES_RETURNED);
            case DRAIN -> from == Phase.FLIP_WRITES ? List.of(WRITES_MOVED) : List.of();
            case DONE -> from == Phase.FLIP_READS ? List.of(READS_MOVED) : List.of();
            // From RETURN_READS they may never have left; whoever hears it twice is no worse off.
            case WATCH -> from == Phase.FLIP_READS || from == Phase.RETURN_READS ? List.of(READS_MOVED) : List.of();
            case RETURN_WRITES -> List.of(READS_RETURNED);
            case DRAIN_BACK -> from == Phase.RETURN_WRITES ? List.of(WRITES_RETURNED) : List.of();
            default -> List.of();
        };
    }
}
