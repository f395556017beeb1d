package dev.widekey.daemon.throttle;

import dev.widekey.daemon.state.SettingTable;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings in force: the configuration file's, with those an operator has stored since in their place. Looked up now and then; a look that fails
 * changes nothing. {@link #refresh} by one thread at a time.
 */
public final class LiveSettings {
    private static final Logger log = LoggerFactory.getLogger(LiveSettings.class);

    private final SettingTable table;
    private final Settings file;
    private final Governor governor;
    private List<SettingTable.Stored> seen = List.of();
    private Settings now;

    /**
     * In force are the file's settings until the first look.
     *
     * @param file as the configuration file has them
     */
    public LiveSettings(SettingTable table, Settings file, Governor governor) {
        this.table = table;
        this.file = file;
        this.governor = governor;
        this.now = file;
    }

    /** Looks for stored settings, puts them in force, and says in the log who changed what. */
    public synchronized void refresh() {
        List<SettingTable.Stored> stored;
        try {
            stored = table.read();
        } catch (SQLException failure) {
            log.warn("the stored settings cannot be read, all stay as they are: {}", failure.getMessage());
            return;
        }
        if (stored.equals(seen)) {
            return;
        }
        Settings next = file;
        for (SettingTable.Stored setting : stored) {
            next = next(next, setting);
        }
        if (stored.isEmpty()) {
            log.info("no setting is stored any more, the configuration file's hold: {}", file.values());
        }
        seen = stored;
        if (!next.equals(now)) {
            now = next;
            governor.apply(next);
        }
    }

    private Settings next(Settings before, SettingTable.Stored setting) {
        Optional<Settings> with = before.with(setting.name(), setting.value());
        if (with.isEmpty()) {
            log.warn(
                    "the stored setting {}={} by {} cannot be used; allowed: {}",
                    setting.name(),
                    setting.value(),
                    setting.changedBy(),
                    before.allowed(setting.name()));
            return before;
        }
        if (!seen.contains(setting)) {
            log.info(
                    "{} is {}, set by {} at {}; the configuration file says {}",
                    setting.name(),
                    setting.value(),
                    setting.changedBy(),
                    setting.changedAt(),
                    file.values().get(setting.name()));
        }
        return with.get();
    }
}
