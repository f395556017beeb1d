package dev.widekey.sandbox.fault;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * One packet of MySQL's protocol at a time: its head in memory, the rest still on the wire. Reused for the next one; used by one
 * thread.
 */
final class Packet {
    /** Enough to tell what a packet is. */
    static final int HEAD = 1_024;

    private static final int PREFIX = 4;
    private static final int LARGEST = 0xFFFFFF;

    private final DataInputStream in;
    private final byte[] buffer = new byte[PREFIX + HEAD];
    private final byte[] rest = new byte[HEAD];
    private int length;
    private int headLength;
    private boolean continued;

    /** What a part of a packet has to wait for before it goes on. */
    interface Gate {
        void pass() throws InterruptedException;
    }

    Packet(InputStream in) {
        this.in = new DataInputStream(in);
    }

    /** Reads the next packet's head; false at the end of the connection. */
    boolean next() throws IOException {
        boolean fromHere = length == LARGEST;
        int first = in.read();
        if (first < 0) {
            return false;
        }
        buffer[0] = (byte) first;
        in.readFully(buffer, 1, PREFIX - 1);
        length = first | (buffer[1] & 0xFF) << 8 | (buffer[2] & 0xFF) << 16;
        continued = fromHere;
        headLength = Math.min(length, HEAD);
        in.readFully(buffer, PREFIX, headLength);
        return true;
    }

    /** Bytes of the payload. */
    int length() {
        return length;
    }

    /** Number within the exchange; a client begins each one with 0. */
    int sequence() {
        return buffer[3] & 0xFF;
    }

    /** Whether it only goes on with the payload of the packet before. */
    boolean isContinuation() {
        return continued;
    }

    /** A byte of the payload's head; -1 beyond it. */
    int at(int index) {
        return index < headLength ? buffer[PREFIX + index] & 0xFF : -1;
    }

    /** Changes a byte of the payload's head. */
    void set(int index, int value) {
        buffer[PREFIX + index] = (byte) value;
    }

    /** A number of 2 or 4 bytes out of the head. */
    int number(int index, int bytes) {
        int number = 0;
        for (int i = 0; i < bytes; i++) {
            number |= Math.max(0, at(index + i)) << (8 * i);
        }
        return number;
    }

    /** The head's payload from a place on, one character for each byte. */
    String text(int from) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < headLength; i++) {
            text.append((char) at(i));
        }
        return text.toString();
    }

    /** Sends the whole packet on. */
    void forward(OutputStream out, Gate gate) throws IOException, InterruptedException {
        forward(out, gate, length);
    }

    /** Sends the beginning of the packet on, with a header that promises all of it. */
    void forward(OutputStream out, Gate gate, int bytes) throws IOException, InterruptedException {
        gate.pass();
        out.write(buffer, 0, PREFIX + Math.min(headLength, bytes));
        for (int left = bytes - headLength; left > 0; ) {
            int count = in.read(rest, 0, Math.min(left, rest.length));
            if (count < 0) {
                throw new EOFException("the connection ended inside a packet");
            }
            gate.pass();
            out.write(rest, 0, count);
            left -= count;
        }
    }
}
