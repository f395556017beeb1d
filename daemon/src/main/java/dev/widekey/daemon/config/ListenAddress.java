package dev.widekey.daemon.config;

import dev.widekey.daemon.config.DaemonConfig.Listen;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code host:port} under the key {@code listen}. Confined to the thread that loads. */
final class ListenAddress {

    private static final Pattern SHAPE = Pattern.compile("(\\[([0-9A-Fa-f:.]+)]|[0-9A-Za-z._-]+):([0-9]{1,5})");
    private static final String ALLOWED = "host:port with a port from 0 to 65535, like 127.0.0.1:9290";

    private final Section section;

    ListenAddress(Section section) {
        this.section = section;
    }

    Listen read(String host, int port) {
        Listen fallback = new Listen(host, port);
        return section.optional("listen", ALLOWED, (key, value) -> parse(key, value, fallback))
                .orElse(fallback);
    }

    private Listen parse(String key, String value, Listen fallback) {
        Matcher matcher = SHAPE.matcher(value);
        if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > 65535) {
            section.report(key, "is not an address to listen on", "'" + value + "'", ALLOWED);
            return fallback;
        }
        String bracketed = matcher.group(2);
        return new Listen(bracketed == null ? matcher.group(1) : bracketed, Integer.parseInt(matcher.group(3)));
    }
}
