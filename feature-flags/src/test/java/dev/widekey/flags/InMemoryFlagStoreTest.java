package dev.widekey.flags;

class InMemoryFlagStoreTest extends FlagStoreContract {

    @Override
    FlagStore emptyStore() {
        return new InMemoryFlagStore();
    }
}
