package dev.widekey.sandbox.mysql;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * A server somebody else runs, named by a URL; closing it does nothing. Immutable.
 *
 * @param host host name or address
 * @param port TCP port
 * @param user administrative account
 * @param password its password
 */
public record ExternalServer(String host, int port, String user, String password) implements Server {

    /**
     * Reads {@code mysql://user:password@host:port}; user and password may be percent-encoded, the port defaults to 3306.
     *
     * @throws IllegalArgumentException when the URL has another shape; the message does not repeat the password
     */
    public static ExternalServer parse(String url) {
        String shape = "a server URL looks like mysql://user:password@host:3306";
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            // The cause would repeat the password.
            throw new IllegalArgumentException(shape);
        }
        String credentials = uri.getRawUserInfo();
        if (!"mysql".equals(uri.getScheme()) || uri.getHost() == null || credentials == null) {
            throw new IllegalArgumentException(shape);
        }
        int colon = credentials.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(shape);
        }
        return new ExternalServer(
                uri.getHost(),
                uri.getPort() < 0 ? 3306 : uri.getPort(),
                decode(credentials.substring(0, colon)),
                decode(credentials.substring(colon + 1)));
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "mysql://" + user + "@" + host + ":" + port;
    }

    /** A plus sign stands for itself in a URL's user information. */
    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
