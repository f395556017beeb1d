package dev.widekey.daemon.throttle;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.Pacing;
import dev.widekey.daemon.config.Rate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an operator may change while the daemon runs. Immutable.
 *
 * @param workers that may work at full speed, at most {@code mostWorkers}
 * @param mostWorkers the workers there are
 */
public record Settings(Pacing mode, Rate rowsPerSecond, Rate bytesPerSecond, int workers, int mostWorkers) {
    /** The mode's name. */
    public static final String MODE = "mode";
    /** The rate of rows' name. */
    public static final String ROWS = "rows-per-second";
    /** The rate of bytes' name. */
    public static final String BYTES = "bytes-per-second";
    /** The workers' name. */
    public static final String WORKERS = "workers";

    /** As the configuration file has them. */
    public static Settings of(DaemonConfig config) {
        DaemonConfig.Throttle throttle = config.throttle();
        return new Settings(
                throttle.mode(),
                throttle.rowsPerSecond(),
                throttle.bytesPerSecond(),
                config.workers(),
                config.workers());
    }

    /** These settings with one of them replaced; empty when there is no such setting or the value cannot be used. */
    public Optional<Settings> with(String name, String value) {
        return switch (name) {
            case MODE ->
                pacing(value).map(mode -> new Settings(mode, rowsPerSecond, bytesPerSecond, workers, mostWorkers));
            case ROWS -> Rate.rows(value).map(rows -> new Settings(mode, rows, bytesPerSecond, workers, mostWorkers));
            case BYTES ->
                Rate.bytes(value).map(bytes -> new Settings(mode, rowsPerSecond, bytes, workers, mostWorkers));
            case WORKERS ->
                value.matches("[1-9][0-9]?") && Integer.parseInt(value) <= mostWorkers
                        ? Optional.of(
                                new Settings(mode, rowsPerSecond, bytesPerSecond, Integer.parseInt(value), mostWorkers))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** What a setting may be, in words. */
    public String allowed(String name) {
        return switch (name) {
            case MODE -> "auto or off";
            case ROWS -> Rate.ROWS;
            case BYTES -> Rate.BYTES;
            default ->
                "a whole number from 1 to " + mostWorkers
                        + ", the workers of the configuration as far as its connections suffice";
        };
    }

    /** Every setting by name, as {@link #with} reads it. */
    public Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(MODE, mode == Pacing.AUTO ? "auto" : "off");
        values.put(ROWS, rowsPerSecond.asRows());
        values.put(BYTES, bytesPerSecond.asBytes());
        values.put(WORKERS, Integer.toString(workers));
        return values;
    }

    private static Optional<Pacing> pacing(String value) {
        return switch (value) {
            case "auto" -> Optional.of(Pacing.AUTO);
            case "off" -> Optional.of(Pacing.OFF);
            default -> Optional.empty();
        };
    }
}
