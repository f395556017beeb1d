package dev.widekey.flags;

import dev.widekey.sandbox.mysql.TestSchema;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLRecoverableException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Connections to a test schema, each with the next planned fault; none when the plan is used up. */
final class FaultyDataSource implements DataSource {

    /** What becomes of one connection. */
    enum Fault {
        NONE,
        REFUSE_CONNECTION,
        /** The transaction commits, the answer does not arrive. */
        LOSE_ANSWER_AFTER_COMMIT,
        /** The connection ends before the commit arrives. */
        LOSE_COMMIT,
        /** The client sees an error while the server still holds the transaction. */
        LEAVE_COMMIT_PENDING
    }

    private final TestSchema schema;
    private final Queue<Fault> plan = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Connection> pending = new LinkedBlockingQueue<>();
    private final AtomicReference<Runnable> afterCommit = new AtomicReference<>();

    FaultyDataSource(TestSchema schema) {
        this.schema = schema;
    }

    /** Faults of the next connections, one each. */
    void plan(Fault... faults) {
        plan.addAll(List.of(faults));
    }

    /** Runs between the next commit and its lost answer. */
    void afterNextCommit(Runnable action) {
        afterCommit.set(action);
    }

    /** The connection whose commit was left pending. */
    Connection pending() throws InterruptedException {
        Connection connection = pending.poll(30, TimeUnit.SECONDS);
        if (connection == null) {
            throw new AssertionError("no commit was left pending");
        }
        return connection;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Fault next = plan.poll();
        Fault fault = next == null ? Fault.NONE : next;
        if (fault == Fault.REFUSE_CONNECTION) {
            throw new SQLRecoverableException("connection refused");
        }
        Connection real = schema.connect();
        return fault == Fault.NONE ? real : failing(real, fault);
    }

    private Connection failing(Connection real, Fault fault) {
        boolean[] left = {false};
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("commit")) {
                        left[0] = fault == Fault.LEAVE_COMMIT_PENDING;
                        failToCommit(real, fault);
                    }
                    if (method.getName().equals("close") && left[0]) {
                        return null;
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void failToCommit(Connection real, Fault fault) throws SQLException {
        if (fault == Fault.LEAVE_COMMIT_PENDING) {
            pending.add(real);
        } else {
            if (fault == Fault.LOSE_ANSWER_AFTER_COMMIT) {
                real.commit();
                Runnable action = afterCommit.getAndSet(null);
                if (action != null) {
                    action.run();
                }
            }
            real.abort(Runnable::run);
        }
        throw new SQLRecoverableException("connection lost during commit");
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
