package dev.widekey.daemon.service;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service manager's notification socket, by the protocol of {@code sd_notify(3)}. Without {@code NOTIFY_SOCKET} in the environment
 * every call does nothing. Thread-safe.
 */
public final class Notify {
    private static final Logger log = LoggerFactory.getLogger(Notify.class);

    private final Optional<String> socket;

    /** The socket the environment names. */
    public Notify(Map<String, String> environment) {
        this.socket = Optional.ofNullable(environment.get("NOTIFY_SOCKET")).filter(path -> !path.isBlank());
    }

    /** The service has started. */
    public void ready() {
        send("READY=1");
    }

    /** The service is still starting and needs more time. */
    public void extendStart() {
        send("EXTEND_TIMEOUT_USEC=60000000");
    }

    /** The service is stopping. */
    public void stopping() {
        send("STOPPING=1");
    }

    /** One line for {@code systemctl status}. */
    public void status(String line) {
        send("STATUS=" + line.replace('\n', ' '));
    }

    /** The service still makes progress, or rests on purpose. */
    public void alive() {
        send("WATCHDOG=1");
    }

    private void send(String message) {
        if (socket.isEmpty()) {
            return;
        }
        try (AFUNIXDatagramChannel channel = AFUNIXDatagramChannel.open()) {
            channel.send(ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)), address(socket.get()));
        } catch (IOException failure) {
            log.warn("the service manager could not be told {}: {}", message, failure.getMessage());
        }
    }

    private static AFUNIXSocketAddress address(String path) throws IOException {
        return path.startsWith("@")
                ? AFUNIXSocketAddress.inAbstractNamespace(path.substring(1))
                : AFUNIXSocketAddress.of(new File(path));
    }
}
