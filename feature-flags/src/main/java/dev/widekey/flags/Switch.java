package dev.widekey.flags;

import java.util.Optional;

/**
 * One of the daemon's own switches: a flag an operator turns to steer the daemon. Thread-safe when the store is.
 */
public final class Switch {

    /** Prefix of the daemon's own flags; an application's flag never begins with it. */
    public static final String PREFIX = "widekey.";

    /** On: a daemon that waits for a start begins. */
    public static final String START = PREFIX + "start";

    /** On: the daemon begins no chunk and no cutover until it is off again; the stream goes on. */
    public static final String PAUSE = PREFIX + "pause";

    /** On: a cutover that waits for approval begins. */
    public static final String CUTOVER = PREFIX + "cutover";

    /** On: a cutover that waits for approval is rehearsed up to the flip; the daemon turns it off again. */
    public static final String REHEARSE = PREFIX + "rehearse";

    /** On: an application that was moved is sent back, and no cutover begins until it is off again. */
    public static final String ROLLBACK = PREFIX + "rollback";

    /** On: the way back is given up, and the migration ends. */
    public static final String FINISH = PREFIX + "finish";

    /**
     * On: the cutover is a fenced one, in which both flags move while both sides are still and equal. It says which side is right
     * where both have a row, so it is set before the first flip and left alone afterwards.
     */
    public static final String FENCED = PREFIX + "fenced";

    /**
     * On: a rolling move is on its way back. Reads cover both sides whatever the flags say, and rows that are on both are the target's. The daemon turns
     * it on before reads return and off when nobody writes to the target any more.
     */
    public static final String RETURNING = PREFIX + "returning";

    private final FlagStore store;
    private final String name;
    private final boolean whenAbsent;

    /**
     * @param whenAbsent the position of a switch nobody has turned yet
     */
    public Switch(FlagStore store, String name, boolean whenAbsent) {
        this.store = store;
        this.name = name;
        this.whenAbsent = whenAbsent;
    }

    /** The position now. A store that cannot be read throws; it never counts as off. */
    public boolean isOn() {
        return store.read(name).map(Flag::enabled).orElse(whenAbsent);
    }

    /** Turns it on; nothing is written when it is stored as on already. */
    public void turnOn(String owner, String reason) {
        turn(true, owner, reason);
    }

    /** Turns it off; nothing is written when it is stored as off already. */
    public void turnOff(String owner, String reason) {
        turn(false, owner, reason);
    }

    private void turn(boolean on, String owner, String reason) {
        Optional<Flag> found = store.read(name);
        if (found.isEmpty()) {
            store.create(name, on, owner, reason);
        } else if (found.get().enabled() != on) {
            store.compareAndSet(found.get(), on, owner, reason);
        }
    }
}
