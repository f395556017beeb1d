package dev.widekey.sandbox.csmh;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** A set of keys, one bit each. Not thread-safe. */
final class Seen {
    private static final int PAGE_BITS = 20;

    private final Map<Long, BitSet> pages = new HashMap<>();

    void add(long id) {
        pages.computeIfAbsent(id >>> PAGE_BITS, page -> new BitSet()).set(bit(id));
    }

    boolean contains(long id) {
        BitSet page = pages.get(id >>> PAGE_BITS);
        return page != null && page.get(bit(id));
    }

    private static int bit(long id) {
        return (int) (id & ((1 << PAGE_BITS) - 1));
    }
}
