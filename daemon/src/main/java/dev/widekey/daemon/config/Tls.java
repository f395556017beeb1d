package dev.widekey.daemon.config;

/** How a connection to a server is secured. */
public enum Tls {
    /** In the clear. */
    DISABLED,
    /** Encrypted; the server is not identified. */
    REQUIRED,
    /** Encrypted; the certificate comes from an authority in the truststore. */
    VERIFY_CA,
    /** As {@link #VERIFY_CA}, and the certificate names the host. */
    VERIFY_IDENTITY;

    /** Whether the server's certificate is checked, which needs a truststore. */
    public boolean verifies() {
        return this == VERIFY_CA || this == VERIFY_IDENTITY;
    }
}
