package dev.widekey.daemon.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server's host and port, as {@code host} or {@code host:port}. Immutable. */
public record Address(String host, int port) {
    static final String ALLOWED = "host or host:port, like replica.example.com:3306";

    private static final Pattern SHAPE =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([0-9A-Za-z._-]+))(?::([0-9]{1,5}))?");

    static Optional<Address> parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        int port = matcher.group(3) == null ? 3306 : Integer.parseInt(matcher.group(3));
        return port < 1 || port > 65535 ? Optional.empty() : Optional.of(new Address(host, port));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
