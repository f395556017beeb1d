package dev.widekey.daemon;

import dev.widekey.daemon.database.Database;
import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.table.TableDefinition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches that the target table stays as it was checked. A new unique key, for one, would let a row take another one's place without any error.
 */
final class TargetWatch implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(TargetWatch.class);

    private final Database target;
    private final TableDefinition checked;
    private final Alarm alarm;

    TargetWatch(Database target, TableDefinition checked, Alarm alarm) {
        this.target = target;
        this.checked = checked;
        this.alarm = alarm;
    }

    @Override
    public void run() {
        Optional<TableDefinition> now;
        try (Connection connection = target.pool().getConnection()) {
            now = TableDefinition.read(connection, checked.schema(), checked.table());
        } catch (SQLException failure) {
            log.warn("the target table's definition cannot be read: {}", failure.getMessage());
            return;
        }
        if (now.isEmpty()) {
            halt("the target table " + checked.name() + " is gone, or the account may not see it any more");
        } else if (!now.get().equals(checked)) {
            halt("somebody changed the definition of the target table " + checked.name());
        }
    }

    private void halt(String what) {
        alarm.raise(
                new HaltException(
                        HaltException.Reason.SCHEMA_CHANGED,
                        what
                                + "; put it back as it was and start again; if rows went with it, begin again with an empty target"));
    }
}
