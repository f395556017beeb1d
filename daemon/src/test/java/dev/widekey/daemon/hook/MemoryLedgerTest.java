package dev.widekey.daemon.hook;

import dev.widekey.daemon.state.Phase;

class MemoryLedgerTest extends LedgerContract {
    private final MemoryLedger ledger = new MemoryLedger();

    MemoryLedgerTest() {
        ledger.moved(Phase.IDLE);
    }

    @Override
    Ledger ledger() {
        return ledger;
    }

    @Override
    void move(Phase... to) {
        ledger.moved(to);
    }
}
