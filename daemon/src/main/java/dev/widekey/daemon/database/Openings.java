package dev.widekey.daemon.database;

import com.mysql.cj.jdbc.MysqlDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** What the pool takes new connections from: whatever the database opens. Thread-safe. */
final class Openings extends MysqlDataSource {
    private static final long serialVersionUID = 1L;

    private final transient Database.Opening opening;

    Openings(Database.Opening opening) {
        this.opening = opening;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return opening.open();
    }

    // The pool sets the driver's own limit through these, and waits as long for its threads at the end.

    @Override
    public void setLoginTimeout(int seconds) {
        DriverManager.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() {
        return DriverManager.getLoginTimeout();
    }
}
