package dev.widekey.daemon;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.migration.Migration;
import dev.widekey.flags.FlagException;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.Switch;
import java.util.Optional;

/** The gate an operator holds: open when the cutover is automatic, else when the switch is on. A switch that cannot be read is closed. */
final class Approval implements Migration.Gate {
    private final boolean automatic;
    private final Switch approved;

    Approval(DaemonConfig config, FlagStore flags) {
        this.automatic = config.cutover().auto();
        this.approved = new Switch(flags, Switch.CUTOVER, false);
    }

    @Override
    public Optional<String> closed() {
        if (automatic) {
            return Optional.empty();
        }
        try {
            return approved.isOn() ? Optional.empty() : Optional.of("waiting for the flag " + Switch.CUTOVER);
        } catch (FlagException failure) {
            return Optional.of("the flag " + Switch.CUTOVER + " cannot be read: " + failure.getMessage());
        }
    }
}
