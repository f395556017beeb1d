package dev.widekey.sandbox.fault;

import java.util.regex.Pattern;

/** What a client's packet asks for. Stateless. */
final class Commands {
    private static final int QUERY = 0x03;
    private static final int EXECUTE = 0x17;
    private static final int DUMP = 0x12;
    private static final int DUMP_GTID = 0x1E;

    private static final Pattern COMMIT = Pattern.compile(
            "\\s*(?:/\\*.*?\\*/\\s*)*(?:XA\\s+)?COMMIT\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private Commands() {}

    /** Whether it begins an exchange rather than going on with one. */
    static boolean begins(Packet packet) {
        return packet.sequence() == 0 && !packet.isContinuation();
    }

    static boolean asksForRows(Packet packet) {
        return packet.at(0) == QUERY || packet.at(0) == EXECUTE;
    }

    static boolean asksForTheLog(Packet packet) {
        return packet.at(0) == DUMP || packet.at(0) == DUMP_GTID;
    }

    static boolean commits(Packet packet, Greeting agreed) {
        // Two counters stand in front of the text: attributes, of which nobody here sends any, and sets of them.
        return packet.at(0) == QUERY
                && COMMIT.matcher(packet.text(agreed.hasAttributes() ? 3 : 1)).matches();
    }
}
