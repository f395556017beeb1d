package dev.widekey.flags.ack;

import dev.widekey.flags.FlagPair;
import java.time.Duration;

/**
 * The application instances of one migration and the flags they act on.
 *
 * <p>What makes it a proof is an order that every client keeps: a heartbeat that is answered, then the flags read, then
 * writes until the lease ends, which runs from before that heartbeat was sent. A flip that the read does not see is then
 * younger than the heartbeat, so whoever looks after the flip finds the instance alive.
 *
 * <p>Implementations are safe for use by several threads and several processes.
 */
public interface Acknowledgements {

    /**
     * The heartbeat: registers the instance if it is not, says that it lives, and what it acts on. Repeating it is harmless.
     *
     * @throws AcknowledgementException when nobody knows whether it is stored
     */
    void acknowledge(String instance, Versions acts, Duration lease);

    /**
     * Takes an instance out that has ended in an orderly way: nothing of it goes on, and it writes no more. Does nothing when it is
     * not there.
     *
     * @throws AcknowledgementException when nobody knows whether it is gone; it expires then
     */
    void leave(String instance);

    /**
     * Who acts on a pair. To be asked after the pair was stored or read.
     *
     * <p>No clock that somebody sets takes part: an instance is expired when this object has found the same heartbeat for
     * longer than the lease, by a monotonic clock of its own. So a first look finds nobody expired, and whoever waits keeps
     * the object and looks again.
     *
     * @throws IllegalArgumentException when one of the flags was never written
     * @throws AcknowledgementException when the store could not be read
     */
    Roll of(FlagPair pair);
}
