package dev.widekey.flags.ack;

import java.util.function.LongSupplier;

class InMemoryAcknowledgementsTest extends AcknowledgementsContract {

    @Override
    Acknowledgements empty(LongSupplier nanoTime) {
        return new InMemoryAcknowledgements(nanoTime);
    }
}
