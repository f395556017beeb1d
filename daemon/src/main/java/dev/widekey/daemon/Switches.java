package dev.widekey.daemon;

import dev.widekey.daemon.cutover.RollingBack;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.Switch;
import io.github.resilience4j.retry.Retry;
import java.util.List;

/** The daemon's own switches that are asked often, read now and then. Thread-safe. */
final class Switches {
    private final CachedSwitch pause;
    private final CachedSwitch rehearse;
    private final CachedSwitch rollback;
    private final CachedSwitch finish;
    private final Switch returning;

    Switches(FlagStore flags) {
        pause = new CachedSwitch(new Switch(flags, Switch.PAUSE, false), "paused", true);
        rehearse = new CachedSwitch(new Switch(flags, Switch.REHEARSE, false), "asked to rehearse", false);
        rollback = new CachedSwitch(new Switch(flags, Switch.ROLLBACK, false), "asked to go back", false);
        returning = new Switch(flags, Switch.RETURNING, false);
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

    /** What tells the application's clients that they are on the way back. */
    RollingBack.Returning returning(String owner, Retry retry) {
        return new RollingBack.Returning() {
            @Override
            public void say(boolean on, String reason) {
                retry.executeRunnable(() -> {
                    if (on) {
                        returning.turnOn(owner, reason);
                    } else {
                        returning.turnOff(owner, reason);
                    }
                });
            }

            @Override
            public boolean isSaid() {
                return retry.executeSupplier(returning::isOn);
            }
        };
    }

    List<CachedSwitch> all() {
        return List.of(pause, rehearse, rollback, finish);
    }
}
