package dev.widekey.daemon;

import dev.widekey.flags.FlagException;
import dev.widekey.flags.Switch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A switch read now and then and asked often. A read that fails changes nothing.
 * Thread-safe.
 */
final class CachedSwitch {
    private static final Logger log = LoggerFactory.getLogger(CachedSwitch.class);

    private final Switch flag;
    private final String name;
    private volatile boolean on;
    private volatile boolean read;

    /**
     * @param name what the daemon is while it is on
     * @param on what it counts as before it was ever read
     */
    CachedSwitch(Switch flag, String name, boolean on) {
        this.flag = flag;
        this.name = name;
        this.on = on;
    }

    void refresh() {
        try {
            boolean now = flag.isOn();
            if (now != on) {
                log.info(now ? name : "not " + name);
            }
            on = now;
            read = true;
        } catch (FlagException failure) {
            log.warn("the flag for {} cannot be read and stays {}: {}", name, on ? "on" : "off", failure.getMessage());
        }
    }

    /**
     * Turns it off, here at once and in the store if that is there.
     *
     * @param owner who, for the flag's history
     */
    void turnOff(String owner, String reason) {
        on = false;
        try {
            flag.turnOff(owner, reason);
        } catch (FlagException failure) {
            log.warn("the flag for {} cannot be turned off: {}", name, failure.getMessage());
        }
    }

    /** Whether it is on, or was never read: for whoever may do something only while it is off. */
    boolean mayBeOn() {
        return on || !read;
    }

    boolean isOn() {
        return on;
    }
}
