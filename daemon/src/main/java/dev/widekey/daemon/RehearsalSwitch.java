package dev.widekey.daemon;

import dev.widekey.daemon.cutover.Fenced;
import dev.widekey.flags.FlagException;
import dev.widekey.flags.Switch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The switch by which somebody asks for a rehearsal of the cutover; the daemon turns it off when that is over. Thread-safe. */
final class RehearsalSwitch implements Fenced.Rehearsal {
    private static final Logger log = LoggerFactory.getLogger(RehearsalSwitch.class);

    private final CachedSwitch wanted;
    private final Switch flag;
    private final String owner;

    /** @param wanted the same switch, read now and then */
    RehearsalSwitch(CachedSwitch wanted, Switch flag, String owner) {
        this.wanted = wanted;
        this.flag = flag;
        this.owner = owner;
    }

    @Override
    public boolean isWanted() {
        return wanted.isOn();
    }

    @Override
    public void over(String outcome) {
        try {
            flag.turnOff(owner, outcome);
        } catch (FlagException failure) {
            log.warn("the rehearsal is over, and its switch cannot be turned off: {}", failure.getMessage());
        }
        // One rehearsal for one wish, whether or not the store was there.
        wanted.turnedOff();
    }
}
