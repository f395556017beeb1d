package dev.widekey.flags.client;

import dev.widekey.sandbox.mysql.TestSchema;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLRecoverableException;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Connections to a test schema. They can be cut, or held up as a frozen process holds them up. Thread-safe. */
public final class SchemaSource implements DataSource {

    private final TestSchema schema;
    private volatile boolean isCut;
    private volatile CountDownLatch thaw = new CountDownLatch(0);

    public SchemaSource(TestSchema schema) {
        this.schema = schema;
    }

    /** Fails every connection from now on. */
    public void cut() {
        isCut = true;
    }

    /** Ends the cut. */
    public void mend() {
        isCut = false;
    }

    /** Lets everybody who asks for a connection wait. */
    void freeze() {
        thaw = new CountDownLatch(1);
    }

    /** Ends the wait. */
    void thaw() {
        thaw.countDown();
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            thaw.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", e);
        }
        if (isCut) {
            throw new SQLRecoverableException("connection refused");
        }
        return schema.connect();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public PrintWriter getLogWriter() {
        return new PrintWriter(System.err);
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
