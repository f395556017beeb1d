package dev.widekey.daemon.audit.anomalies;

import dev.widekey.daemon.config.Condition;
import java.util.Optional;

/**
 * A kind of unusual row. Immutable.
 *
 * @param name for people, unique in an audit
 * @param condition SQL that is true for such a row
 * @param meaning what follows for the copy, or the operator's own condition
 * @param setting the key of the configuration it comes from; empty for a class that comes from the definitions
 */
public record AnomalyClass(String name, String condition, String meaning, Optional<String> setting) {

    /** A class that comes from the definitions. */
    static AnomalyClass builtIn(String name, String condition, String meaning) {
        return new AnomalyClass(name, condition, meaning, Optional.empty());
    }

    /** A class of the operator's. */
    public static AnomalyClass own(String name, Condition condition) {
        return new AnomalyClass(name, condition.sql(), condition.sql(), Optional.of("audit.classes." + name));
    }
}
