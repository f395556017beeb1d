package dev.widekey.daemon.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.config.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookIT extends HookContract {
    private static final Event EVENT = event(1, Happening.VERIFIED);

    private LocalReceiver receiver;

    @BeforeEach
    void start() throws IOException {
        receiver = new LocalReceiver();
    }

    @AfterEach
    void stop() {
        receiver.close();
    }

    @Override
    Hook hook() {
        return to(receiver.url(), Optional.of(new Secret("s3cr3t")));
    }

    @Override
    Hook hookToNobody() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return to(URI.create("http://127.0.0.1:" + free.getLocalPort() + "/"), Optional.empty());
        }
    }

    @Override
    List<String> taken() {
        return receiver.taken();
    }

    @Override
    void freeze() {
        receiver.answerAlways(Optional.of(receiver.none()));
    }

    @Override
    void thaw() {
        receiver.answerAlways(Optional.empty());
    }

    private static Hook to(URI url, Optional<Secret> token) {
        return new Webhook(new DaemonConfig.Webhook(url, token), TIMEOUT);
    }

    @Test
    void anEventIsPostedWithTheTokenToTheWholeAddress() throws Exception {
        hook().send(EVENT);
        to(receiver.url(), Optional.empty()).send(EVENT);
        assertThat(receiver.requests())
                .containsExactly(
                        new LocalReceiver.Request(
                                "POST", "/hooks/widekey?team=a", Optional.of("Bearer s3cr3t"), EVENT.json(), 204),
                        new LocalReceiver.Request(
                                "POST", "/hooks/widekey?team=a", Optional.empty(), EVENT.json(), 204));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void anySuccessCounts(int status) throws Exception {
        receiver.answer(body -> status);
        hook().send(EVENT);
        assertThat(receiver.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 307, 400, 401, 404, 429, 500, 503})
    void anyOtherAnswerIsAFailureThatNamesItAndNoSecret(int status) {
        receiver.answer(body -> status);
        assertThatThrownBy(() -> hook().send(EVENT))
                .isInstanceOf(HookException.class)
                .hasMessage("webhook at 127.0.0.1 answers " + status);
        assertThat(receiver.requests()).hasSize(1);
    }

    @Test
    void aBodyWithoutAnEndIsNotWaitedFor() throws Exception {
        try (ServerSocket endless = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> {
                try (Socket socket = endless.accept()) {
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    // Until the other side goes away.
                    socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
                } catch (IOException gone) {
                    // It is.
                }
            });
            server.start();
            Hook hook = to(URI.create("http://127.0.0.1:" + endless.getLocalPort()), Optional.empty());
            assertThatThrownBy(() -> hook.send(EVENT)).hasMessageContaining("did not answer within 2000 ms");
            server.join();
        }
    }
}
