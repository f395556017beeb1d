package dev.widekey.backfill;

import com.mysql.cj.jdbc.MysqlDataSource;
import dev.widekey.sandbox.mysql.Server;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import javax.sql.DataSource;

/** Connections with the session the copy and parity are specified for: UTC, results in the bytes they are stored as. */
public final class Sessions {

    private Sessions() {}

    /** Opens a new connection each time. */
    public static DataSource on(Server server) {
        String variables = "time_zone='+00:00',"
                + "sql_mode='STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',"
                + "transaction_isolation='READ-COMMITTED',character_set_results=NULL";
        MysqlDataSource connections = new MysqlDataSource();
        connections.setUrl("jdbc:mysql://" + server.host() + ":" + server.port() + "/?sslMode=REQUIRED"
                + "&connectionTimeZone=UTC&preserveInstants=false&zeroDateTimeBehavior=EXCEPTION&useAffectedRows=true"
                + "&useServerPrepStmts=false&sessionVariables="
                + URLEncoder.encode(variables, StandardCharsets.UTF_8));
        connections.setUser(server.user());
        connections.setPassword(server.password());
        return connections;
    }
}
