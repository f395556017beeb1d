package dev.widekey.sandbox.fault;

/**
 * What both ends agree on at the beginning: nothing that would hide packets from a reader in between. Immutable.
 *
 * @param endsWithoutMark whether the definitions of a result end without a packet of their own
 * @param hasAttributes whether something stands in front of a query's text
 */
record Greeting(boolean endsWithoutMark, boolean hasAttributes) {
    private static final int SALT_AND_FILLER = 13;
    private static final int CHARSET_AND_STATUS = 3;

    private static final int COMPRESSION = 1 << 5;
    private static final int TLS = 1 << 11;
    private static final int ZSTD = 1 << 26;
    private static final int QUERY_ATTRIBUTES = 1 << 27;
    private static final int ENDS_WITHOUT_MARK = 1 << 24;

    /** Takes out of the server's offer what hides packets. */
    static void limit(Packet greeting) {
        if (greeting.at(0) != 10) {
            // An error instead of a greeting, such as too many connections.
            return;
        }
        int version = 1;
        while (greeting.at(version) > 0) {
            version++;
        }
        int low = version + 1 + SALT_AND_FILLER;
        int high = low + 2 + CHARSET_AND_STATUS;
        int offered = greeting.number(low, 2) | greeting.number(high, 2) << 16;
        int kept = offered & ~(COMPRESSION | TLS | ZSTD);
        greeting.set(low, kept);
        greeting.set(low + 1, kept >>> 8);
        greeting.set(high, kept >>> 16);
        greeting.set(high + 1, kept >>> 24);
    }

    /** What the client agrees to. */
    static Greeting of(Packet response) {
        int agreed = response.number(0, 4);
        return new Greeting((agreed & ENDS_WITHOUT_MARK) != 0, (agreed & QUERY_ATTRIBUTES) != 0);
    }
}
