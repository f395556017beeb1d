package dev.widekey.sandbox.fault;

import dev.widekey.sandbox.mysql.PlainServer;
import dev.widekey.sandbox.mysql.Server;
import dev.widekey.sandbox.mysql.ServerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Another address of a server, on a free port of the loopback interface, where faults happen on demand.
 *
 * <p>It reads the packets that pass, so nothing through it is encrypted or compressed: it takes both out of what the server
 * offers, and a client that insists on TLS fails. At most one fault is wanted for each link; a new one takes the place of the
 * one before. Holds a few kilobytes and two threads for each connection. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int BACKLOG = 50;

    private final FaultPlan plan = new FaultPlan();
    private final ServerSocket door;
    private final Set<Route> routes = ConcurrentHashMap.newKeySet();
    private volatile Server server;

    private FaultProxy(Server server) throws IOException {
        this.server = server;
        this.door = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::accept, "fault-proxy-accept");
        thread.setDaemon(true);
        thread.start();
    }

    /** Listens in front of a server, which need not run yet. */
    public static FaultProxy to(Server server) {
        try {
            return new FaultProxy(server);
        } catch (IOException e) {
            throw new ServerException("cannot listen in front of " + server, e);
        }
    }

    /** The same server, reached through here and without TLS. */
    public Server front() {
        return new PlainServer(
                door.getInetAddress().getHostAddress(), door.getLocalPort(), server.user(), server.password());
    }

    /**
     * Wants a fault on a link: at the next moment that fits if it happens once, from now on if it lasts.
     *
     * @throws IllegalArgumentException when the link has no such moments, see {@link LinkFault#suits}
     */
    public void inject(LinkFault fault, Link link) {
        plan.inject(fault, link);
        switch (fault) {
            case REFUSE -> open(link, LinkFault.REFUSE).forEach(route -> quietly(route::reset));
            case HALF_OPEN -> open(link, LinkFault.HALF_OPEN).forEach(route -> quietly(route::halfOpen));
            default -> {}
        }
    }

    /** Ends what lasts, and takes back what has not happened yet. */
    public void heal() {
        plan.heal();
        routes.forEach(route -> quietly(route::healed));
    }

    /** How many of the faults asked for have happened: each that happens once, and each lasting one when it first struck. */
    public long injected() {
        return plan.injected();
    }

    /** Leads to another server from now on; connections to the one before are reset. Both must have the same accounts. */
    public void retarget(Server other) {
        server = other;
        routes.forEach(route -> quietly(route::reset));
    }

    private List<Route> open(Link link, LinkFault fault) {
        return routes.stream()
                .filter(route -> route.link() == link && plan.strikes(fault, link))
                .toList();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                if (plan.strikes(LinkFault.REFUSE, Link.SQL)) {
                    client.setSoLinger(true, 0);
                    client.close();
                    continue;
                }
                Route route = new Route(plan, client, routes::remove);
                routes.add(route);
                route.start(server);
                if (door.isClosed()) {
                    route.close();
                }
            } catch (IOException closed) {
                // The door is closed, which ends the loop, or the client was gone before it was let in.
            }
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void quietly(Step step) {
        try {
            step.run();
        } catch (IOException gone) {
            // The connection has ended by itself meanwhile.
        }
    }

    @Override
    public void close() {
        plan.close();
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        routes.forEach(route -> quietly(route::close));
    }
}
