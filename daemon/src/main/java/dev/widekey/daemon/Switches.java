package dev.widekey.daemon;

import dev.widekey.flags.FlagStore;
import dev.widekey.flags.Switch;
import java.util.List;

/** The daemon's own switches that are asked often, read now and then. Thread-safe. */
final class Switches {
    private final CachedSwitch pause;
    private final CachedSwitch rehearse;
    private final CachedSwitch rollback;
    private final CachedSwitch finish;

    Switches(FlagStore flags) {
        pause = new CachedSwitch(new Switch(flags, Switch.PAUSE, false), "paused", true);
        rehearse = new CachedSwitch(new Switch(flags, Switch.REHEARSE, false), "asked to rehearse", false);
        rollback = new CachedSwitch(new Switch(flags, Switch.ROLLBACK, false), "asked to go back", false);
        finish = new CachedSwitch(new Switch(flags, Switch.FINISH, false), "asked to finish", false);
    }

    CachedSwitch pause() {
        return pause;
    }

    CachedSwitch rehearse() {
        return rehearse;
    }

    CachedSwitch rollback() {
        return rollback;
    }

    CachedSwitch finish() {
        return finish;
    }

    List<CachedSwitch> all() {
        return List.of(pause, rehearse, rollback, finish);
    }
}
