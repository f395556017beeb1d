package dev.widekey.daemon;

import dev.widekey.flags.FlagException;
import dev.widekey.flags.Switch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A switch read now and then and asked often. While it was never read it counts as on, since it pauses; a read that fails changes nothing.
 * Thread-safe.
 */
final class CachedSwitch {
    private static final Logger log = LoggerFactory.getLogger(CachedSwitch.class);

    private final Switch flag;
    private volatile boolean on = true;

    CachedSwitch(Switch flag) {
        this.flag = flag;
    }

    void refresh() {
        try {
            boolean now = flag.isOn();
            if (now != on) {
                log.info(now ? "paused" : "not paused");
            }
            on = now;
        } catch (FlagException failure) {
            log.warn("the pause flag cannot be read and stays {}: {}", on ? "on" : "off", failure.getMessage());
        }
    }

    boolean isOn() {
        return on;
    }
}
