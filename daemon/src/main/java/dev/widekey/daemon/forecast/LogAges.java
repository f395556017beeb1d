package dev.widekey.daemon.forecast;

import dev.widekey.cdc.Position;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * When each file of a binlog was written last, as far as it was seen. A server purges a file once that is longer ago than its retention, and no statement
 * tells when it was.
 *
 * <p>So what counts is the latest moment at which the file is known to have been the one that was written: the truth is that moment or later, and survival is
 * never taken for longer than it is. Confined to one thread.
 */
final class LogAges {
    private final Map<String, Double> writtenAt = new HashMap<>();
    private String server = "";
    private @Nullable Position before;

    /**
     * Takes in a look, and says for how many seconds the file of the needed position is kept at least: infinite when the server purges nothing by itself, 0 when
     * the file is gone, empty when unknown.
     *
     * @param lag of the stream that needs it
     */
    OptionalDouble survival(LogLook look, Optional<Position> needed, Optional<Duration> lag) {
        if (!look.server().equals(server)) {
            server = look.server();
            writtenAt.clear();
            before = null;
        }
        writtenAt.keySet().retainAll(look.log().files().keySet());
        writtenAt.put(look.newest(), look.at());
        if (needed.isEmpty() || !look.isOf(needed.get())) {
            return OptionalDouble.empty();
        }
        Position position = needed.get();
        learn(look, position, lag);
        before = position;
        if (!look.has(position)) {
            return OptionalDouble.of(0);
        }
        if (look.retention().seconds() == 0) {
            return OptionalDouble.of(Double.POSITIVE_INFINITY);
        }
        Double written = writtenAt.get(position.file());
        return written == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(
                        0, Math.min(0, written - look.at()) + look.retention().seconds()));
    }

    /**
     * A file that was finished before anybody looked: what the stream applies of it now is as old as the stream's lag. That says nothing while the stream stands
     * still, because the lag is that of what was handed over.
     */
    private void learn(LogLook look, Position position, Optional<Duration> lag) {
        Position earlier = before;
        if (lag.isPresent() && earlier != null && !earlier.equals(position) && look.has(position)) {
            writtenAt.putIfAbsent(position.file(), look.at() - lag.get().toMillis() / 1000.0);
        }
    }
}
