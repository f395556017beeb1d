package dev.widekey.flags.ack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.flags.FlagName;
import dev.widekey.flags.InMemoryFlagStore;
import dev.widekey.flags.Routing;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class InMemoryAcknowledgementsTest extends AcknowledgementsContract {

    @Override
    Acknowledgements empty(LongSupplier nanoTime) {
        return new InMemoryAcknowledgements(nanoTime);
    }

    /** What a look finds may be as young as its end, and what it finds unchanged was seen no later than its beginning. */
    @Test
    void aSlowLookMakesNobodyExpire() {
        InMemoryAcknowledgements acks = new InMemoryAcknowledgements(nanos::get);
        Routing routing = new Routing(new InMemoryFlagStore(), FlagName.of("w", true), FlagName.of("r", false));
        routing.initialise("test", "begin");
        Duration lease = Duration.ofSeconds(3);
        acks.acknowledge("a", Versions.UNREAD, lease);
        acks.hook(() -> nanos.addAndGet(lease.toNanos()));
        acks.of(routing.pair());
        nanos.addAndGet(lease.toNanos());
        assertThat(acks.of(routing.pair()).waiting()).hasSize(1);
        assertThat(acks.of(routing.pair()).expired()).hasSize(1);
    }
}
