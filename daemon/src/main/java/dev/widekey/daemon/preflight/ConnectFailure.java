package dev.widekey.daemon.preflight;

import dev.widekey.daemon.preflight.Problem.Code;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Tells a server that is not there from one that does not let the account in. Stateless. */
final class ConnectFailure {

    /** Access denied, host not allowed, password expired, account locked, unknown plugin. */
    private static final Set<Integer> REFUSALS = Set.of(1045, 1130, 1698, 1820, 1862, 3118, 3955, 1251);

    private ConnectFailure() {}

    static Problem problem(Side side, SQLException failure) {
        Throwable deepest = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && REFUSALS.contains(sql.getErrorCode())) {
                return new Problem(
                        Code.ACCESS_DENIED,
                        "the server refuses the account: " + sql.getMessage(),
                        side.where(),
                        "correct user and password of " + side.role()
                                + " in the configuration, or create the account with deploy/grants/" + side.role()
                                + ".sql");
            }
            if (cause instanceof GeneralSecurityException || cause instanceof SSLException) {
                return new Problem(
                        Code.TLS_FAILED,
                        "no encrypted connection comes about: " + cause.getMessage(),
                        side.where(),
                        "correct tls and truststore of " + side.role()
                                + " in the configuration, or the server's certificate");
            }
            deepest = cause;
        }
        return new Problem(
                Code.UNREACHABLE,
                "the server cannot be reached: " + deepest.getMessage(),
                side.where(),
                "correct host, port and tls of " + side.role() + " in the configuration, or start the server");
    }
}
