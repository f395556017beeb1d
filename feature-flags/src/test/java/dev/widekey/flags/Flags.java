package dev.widekey.flags;

/** What tests of other packages need of this one. */
public final class Flags {

    private Flags() {}

    public static FlagStore inMemory() {
        return new InMemoryFlagStore();
    }
}
