package dev.widekey.sandbox.fault;

/**
 * Follows a server's answers far enough to find rows, open transactions and commits in them. The client's thread says what was
 * asked, the server's thread asks what came; the protocol makes them take turns.
 */
final class Answers {
    private static final int OK = 0x00;
    private static final int END = 0xFE;
    private static final int ERROR = 0xFF;
    private static final int LOCAL_FILE = 0xFB;

    private static final int EVENT_XID = 16;
    private static final int EVENT_COMPRESSED = 40;

    private static final int IN_TRANSACTION = 0x0001;
    private static final int SMALLEST_ROW = 16;

    private enum State {
        NOTHING,
        FIRST,
        DEFINITIONS,
        ROWS
    }

    private State state = State.NOTHING;
    private int marks;
    private int definitions;
    private boolean row;
    private boolean changed;
    private boolean event;
    private int eventType;

    /** The client has sent a command whose answer may hold rows. */
    synchronized void asked(Greeting agreed) {
        state = State.FIRST;
        marks = agreed.endsWithoutMark() ? 0 : 1;
    }

    /** The client has sent something else. */
    synchronized void askedOther() {
        state = State.NOTHING;
    }

    /** The client reads the log from here on. */
    synchronized void logFollows() {
        event = true;
    }

    /** Looks at the server's next packet. */
    synchronized void came(Packet packet) {
        row = false;
        changed = false;
        if (event) {
            eventType = packet.isContinuation() || packet.at(0) != OK ? 0 : packet.at(5);
            return;
        }
        switch (state) {
            case NOTHING -> {}
            case FIRST -> first(packet);
            case DEFINITIONS -> {
                if (--definitions == 0) {
                    state = State.ROWS;
                }
            }
            case ROWS -> {
                boolean over = packet.at(0) == ERROR || (packet.at(0) == END && packet.length() < 0xFFFFFF);
                row = !over && packet.length() >= SMALLEST_ROW;
                state = over ? State.NOTHING : State.ROWS;
            }
        }
    }

    private void first(Packet packet) {
        int kind = packet.at(0);
        state = State.NOTHING;
        if (kind == OK) {
            int affected = packet.at(1);
            int status = packet.number(afterNumber(packet, afterNumber(packet, 1)), 2);
            changed = affected != 0 && (status & IN_TRANSACTION) != 0;
        } else if (kind != ERROR && kind != LOCAL_FILE) {
            definitions = packet.number(0, 1) + marks;
            state = State.DEFINITIONS;
        }
    }

    /** Where the packet goes on behind a number of variable length. */
    private static int afterNumber(Packet packet, int at) {
        return switch (packet.at(at)) {
            case 0xFC -> at + 3;
            case 0xFD -> at + 4;
            case 0xFE -> at + 9;
            default -> at + 1;
        };
    }

    /** Whether it holds a row of a result, or rows in the log. */
    synchronized boolean isRow() {
        return event ? isRowEvent() : row;
    }

    /** Whether rows were changed and their transaction is open behind it. */
    synchronized boolean isChangeInside() {
        return event ? isRowEvent() && eventType != EVENT_COMPRESSED : changed;
    }

    /** Whether it is a commit in the log. */
    synchronized boolean isCommitEvent() {
        return event && eventType == EVENT_XID;
    }

    private boolean isRowEvent() {
        return (eventType >= 23 && eventType <= 25)
                || (eventType >= 30 && eventType <= 32)
                || eventType == 39
                || eventType == EVENT_COMPRESSED;
    }
}
