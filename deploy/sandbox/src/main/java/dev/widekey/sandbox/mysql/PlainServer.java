package dev.widekey.sandbox.mysql;

/**
 * A server reached without TLS, by way of something that has to read what is said; closing it does nothing. Immutable.
 *
 * @param host host name or address
 * @param port TCP port
 * @param user administrative account
 * @param password its password
 */
public record PlainServer(String host, int port, String user, String password) implements Server {

    @Override
    public String sslMode() {
        return "DISABLED";
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "mysql://" + user + "@" + host + ":" + port;
    }
}
