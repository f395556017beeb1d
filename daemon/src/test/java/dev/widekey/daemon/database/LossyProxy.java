package dev.widekey.daemon.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** A way to a server that loses the next thing said on it, once. Passes bytes on as they are, TLS included. Thread-safe. */
public final class LossyProxy implements AutoCloseable {
    private final ServerSocket door;
    private final String host;
    private final int port;
    private final AtomicReference<Loss> next = new AtomicReference<>(Loss.NOTHING);
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /** What is lost, and how. */
    public enum Loss {
        /** Everything arrives. */
        NOTHING,
        /** The server hears the request; its answer is lost and both ends are cut. */
        ANSWER,
        /** The request is lost and both ends are cut. */
        REQUEST,
        /** The request is lost and the client is cut; the server notices nothing. */
        REQUEST_UNNOTICED
    }

    /** Listens on a free port. */
    public LossyProxy(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    /** Where to connect to. */
    public int port() {
        return door.getLocalPort();
    }

    /** Loses the next thing said on any connection. */
    public void loseNext(Loss loss) {
        next.set(loss);
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = door.accept();
            Socket server = new Socket(host, port);
            sockets.add(client);
            sockets.add(server);
            start(() -> requests(client, server));
            start(() -> answers(client, server));
        }
    }

    private void requests(Socket client, Socket server) throws IOException {
        byte[] buffer = new byte[65_536];
        InputStream in = client.getInputStream();
        OutputStream out = server.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            if (next.compareAndSet(Loss.REQUEST_UNNOTICED, Loss.NOTHING)) {
                client.close();
                return;
            }
            if (next.compareAndSet(Loss.REQUEST, Loss.NOTHING)) {
                break;
            }
            out.write(buffer, 0, count);
        }
        client.close();
        server.close();
    }

    private void answers(Socket client, Socket server) throws IOException {
        byte[] buffer = new byte[65_536];
        InputStream in = server.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            if (next.compareAndSet(Loss.ANSWER, Loss.NOTHING)) {
                break;
            }
            out.write(buffer, 0, count);
        }
        client.close();
        server.close();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException cut) {
                        // An end of the connection is gone, which is what this class is for.
                    }
                },
                "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            door.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
