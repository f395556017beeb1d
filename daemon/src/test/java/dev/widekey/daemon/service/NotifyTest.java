package dev.widekey.daemon.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;

@Timeout(30)
class NotifyTest {

    @Test
    void theServiceManagerIsToldOneThingPerDatagram(@TempDir Path folder) throws IOException {
        Path socket = folder.resolve("notify");
        Notify notify = new Notify(Map.of("NOTIFY_SOCKET", socket.toString()));
        try (AFUNIXDatagramChannel manager = listen(AFUNIXSocketAddress.of(socket.toFile()))) {
            notify.ready();
            assertThat(next(manager)).isEqualTo("READY=1");
            notify.alive();
            assertThat(next(manager)).isEqualTo("WATCHDOG=1");
            notify.status("copied 5 %\nto be done é");
            assertThat(next(manager)).isEqualTo("STATUS=copied 5 % to be done é");
            notify.extendStart();
            assertThat(next(manager)).isEqualTo("EXTEND_TIMEOUT_USEC=60000000");
            notify.stopping();
            assertThat(next(manager)).isEqualTo("STOPPING=1");
        }
    }

    @Test
    void aSocketInTheAbstractNamespaceIsReached() throws IOException {
        String name = "widekey-" + UUID.randomUUID();
        try (AFUNIXDatagramChannel manager = listen(AFUNIXSocketAddress.inAbstractNamespace(name))) {
            new Notify(Map.of("NOTIFY_SOCKET", "@" + name)).ready();
            assertThat(next(manager)).isEqualTo("READY=1");
        }
    }

    @Test
    void nobodyToTellIsNoFailure(@TempDir Path folder) {
        for (Map<String, String> environment : List.of(
                Map.<String, String>of(),
                Map.of("NOTIFY_SOCKET", " "),
                Map.of("NOTIFY_SOCKET", folder.resolve("absent").toString()),
                Map.of("NOTIFY_SOCKET", "/" + "x".repeat(300)))) {
            assertThatCode(() -> new Notify(environment).ready()).doesNotThrowAnyException();
        }
    }

    private static AFUNIXDatagramChannel listen(AFUNIXSocketAddress address) throws IOException {
        AFUNIXDatagramChannel channel = AFUNIXDatagramChannel.open();
        channel.bind(address);
        return channel;
    }

    private static String next(AFUNIXDatagramChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        SocketAddress sender = channel.receive(buffer);
        assertThat(buffer.position()).as("datagram of %s", sender).isPositive();
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }
}
