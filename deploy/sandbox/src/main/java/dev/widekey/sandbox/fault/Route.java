package dev.widekey.sandbox.fault;

import dev.widekey.sandbox.mysql.Server;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.Consumer;

/**
 * One connection through the proxy: the client's end, the server's end, and a thread for each direction. Ends with either of them.
 * Thread-safe.
 */
final class Route {
    private static final int BUFFER = 16_384;
    private static final int CONNECT_MILLIS = 10_000;

    private enum State {
        OPEN,
        /** Both ends have been told that it is over. */
        CUT,
        /** The client is gone and the server is not told. */
        HALF_OPEN,
        CLOSED
    }

    private final FaultPlan plan;
    private final Socket client;
    private final Socket server = new Socket();
    private final Consumer<Route> whenClosed;
    private volatile Link link = Link.SQL;
    private volatile State state = State.OPEN;
    private volatile boolean eatAnswer;

    /** Whether both ends are cut behind the packet that is on its way to the client. */
    private volatile boolean cutBehind;

    private final Answers answers = new Answers();

    Route(FaultPlan plan, Socket client, Consumer<Route> whenClosed) {
        this.plan = plan;
        this.client = client;
        this.whenClosed = whenClosed;
    }

    Link link() {
        return link;
    }

    void start(Server to) {
        thread("requests", () -> {
            plan.pass(link);
            server.connect(new InetSocketAddress(to.host(), to.port()), CONNECT_MILLIS);
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            thread("answers", this::answers);
            requests();
        });
    }

    private void requests() throws IOException, InterruptedException {
        Packet packet = new Packet(new BufferedInputStream(client.getInputStream(), BUFFER));
        OutputStream out = server.getOutputStream();
        Greeting agreed = null;
        while (packet.next()) {
            if (agreed == null) {
                agreed = Greeting.of(packet);
            } else if (cutBehind) {
                cut();
            } else if (Commands.begins(packet)) {
                begin(packet, agreed);
            }
            if (isStruck()) {
                return;
            }
            packet.forward(out, this::pass);
        }
        if (state == State.OPEN) {
            close();
        }
    }

    private void begin(Packet packet, Greeting agreed) throws IOException {
        if (Commands.asksForTheLog(packet)) {
            link = Link.BINLOG;
            answers.logFollows();
        }
        if (Commands.asksForRows(packet)) {
            answers.asked(agreed);
        } else {
            answers.askedOther();
        }
        if (Commands.commits(packet, agreed)) {
            if (plan.strikes(LinkFault.CUT_BEFORE_COMMIT, link)) {
                cut();
            }
            eatAnswer = plan.strikes(LinkFault.EAT_COMMIT_ANSWER, link);
        }
    }

    private void answers() throws IOException, InterruptedException {
        Packet packet = new Packet(new BufferedInputStream(server.getInputStream(), BUFFER));
        OutputStream out = client.getOutputStream();
        boolean greeted = false;
        while (packet.next()) {
            if (!greeted) {
                greeted = true;
                Greeting.limit(packet);
            }
            answers.came(packet);
            if (eatAnswer || (answers.isCommitEvent() && plan.strikes(LinkFault.CUT_BEFORE_COMMIT, link))) {
                cut();
            } else if (answers.isRow() && state == State.OPEN && plan.strikes(LinkFault.CUT_INSIDE_ROW, link)) {
                packet.forward(out, this::pass, packet.length() / 2);
                cut();
            }
            if (isStruck()) {
                return;
            }
            cutBehind = answers.isChangeInside() && plan.strikes(LinkFault.CUT_INSIDE_TRANSACTION, link);
            packet.forward(out, this::pass);
            if (cutBehind) {
                cut();
                return;
            }
        }
        if (state == State.OPEN) {
            close();
        }
    }

    /** Whether nothing passes here any more, or from now on. */
    private boolean isStruck() throws IOException {
        if (plan.strikes(LinkFault.REFUSE, link)) {
            reset();
        } else if (state == State.OPEN && plan.strikes(LinkFault.RESET, link)) {
            reset();
        } else if (state == State.OPEN && plan.strikes(LinkFault.CUT, link)) {
            cut();
        }
        return state != State.OPEN;
    }

    private void pass() throws InterruptedException {
        plan.pass(link);
    }

    /** An orderly end for both, as a proxy makes it that is told to drain. */
    private void cut() throws IOException {
        state = State.CUT;
        client.shutdownOutput();
        server.shutdownOutput();
    }

    /** An end without farewell for both. */
    void reset() throws IOException {
        client.setSoLinger(true, 0);
        server.setSoLinger(true, 0);
        close();
    }

    /** Takes the client away without telling the server. */
    void halfOpen() throws IOException {
        state = State.HALF_OPEN;
        client.setSoLinger(true, 0);
        client.close();
    }

    /** Ends what a half-open connection still holds on the server. */
    void healed() throws IOException {
        if (state == State.HALF_OPEN) {
            close();
        }
    }

    void close() throws IOException {
        state = State.CLOSED;
        client.close();
        server.close();
        whenClosed.accept(this);
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void thread(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException gone) {
                        // One end is gone, which is what this class is for; the other one follows below.
                    } catch (InterruptedException closing) {
                        Thread.currentThread().interrupt();
                    } finally {
                        ended();
                    }
                },
                "fault-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void ended() {
        // The server's end of a half-open one stays until it is healed.
        if (state == State.HALF_OPEN) {
            return;
        }
        try {
            close();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
