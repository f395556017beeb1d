import com.mysql.cj.jdbc.MysqlDataSource;
import dev.widekey.flags.FlagName;
import dev.widekey.flags.JdbcFlagStore;
import dev.widekey.flags.WriteGuard;
import dev.widekey.flags.ack.JdbcAcknowledgements;
import dev.widekey.flags.client.FlagsUnknownException;
import dev.widekey.flags.client.Router;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A process of an Open edX application that goes by the Java client (docs/client.md): it writes history rows of one student's module and reads them back,
 * wherever the flags say they are. The demo runs it beside its other processes.
 *
 * <p>{@code java -cp daemon/target/widekey.jar deploy/examples/HistoryClient.java SOURCE-URL SOURCE-TABLE TARGET-URL TARGET-TABLE STATE-URL MIGRATION
 * USER MODULE}, with the password in {@code PASSWORD}. URLs name a schema. It ends when its input does.
 *
 * <p>Prints a line for each row: {@code row} or, when the answer to a commit was lost, {@code unknown}, then side, id, time and state; at the end what it
 * did.
 */
public final class HistoryClient {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final long PACE_MILLIS = 100;

    private final Map<Long, String> written = new HashMap<>();
    private final Map<String, String> tables = new HashMap<>();
    private final long module;
    private int number;
    private int reads;
    private int wrong;

    private HistoryClient(long module) {
        this.module = module;
    }

    /** A row as far as this client knows it. */
    private record Row(long id, String state) {}

    public static void main(String[] arguments) throws Exception {
        String user = arguments[6];
        MysqlDataSource source = dataSource(arguments[0], user);
        MysqlDataSource target = dataSource(arguments[2], user);
        MysqlDataSource state = dataSource(arguments[4], user);
        HistoryClient client = new HistoryClient(Long.parseLong(arguments[7]));
        client.tables.put(schema(arguments[0]), arguments[1]);
        client.tables.put(schema(arguments[2]), arguments[3]);
        String migration = arguments[5];
        Router router = Router.between(source, target)
                .flags(
                        new JdbcFlagStore(state, schema(arguments[4]), migration, WriteGuard.NONE),
                        FlagName.of("ENABLE_CSMH_EXTENDED", true),
                        FlagName.of("ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES", false))
                .acknowledging(new JdbcAcknowledgements(state, schema(arguments[4]), migration), "history-client")
                .start();
        try (router) {
            while (!ended()) {
                try {
                    client.write(router);
                    client.read(router);
                } catch (FlagsUnknownException notNow) {
                    // Nothing was written; the router goes on looking.
                    continue;
                }
            }
        }
        System.out.println("end\twritten=" + client.written.size() + " reads=" + client.reads + " refused="
                + router.counts().refused() + " wrong=" + client.wrong);
    }

    private void write(Router router) {
        String text = "{\"client\": " + ++number + "}";
        String time = LocalDateTime.now(ZoneOffset.UTC).format(TIME);
        String[] side = new String[1];
        long[] id = new long[1];
        try {
            router.write(connection -> {
                side[0] = connection.getCatalog();
                id[0] = 0;
                return id[0] = insert(connection, time, text);
            });
            written.put(id[0], text);
            System.out.println(line("row", side[0], id[0], time, text));
        } catch (SQLException failure) {
            if (id[0] != 0) {
                System.out.println(line("unknown", side[0], id[0], time, text));
            }
            System.err.println(failure.getMessage());
        }
    }

    private static String line(String what, String side, long id, String time, String text) {
        return String.join("\t", what, side, Long.toString(id), time, text);
    }

    private long insert(Connection connection, String time, String text) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO " + tables.get(connection.getCatalog()) + " (created, state, student_module_id) VALUES (?, ?, ?)",
                Statement.RETURN_GENERATED_KEYS)) {
            insert.setString(1, time);
            insert.setString(2, text);
            insert.setLong(3, module);
            insert.executeUpdate();
            try (ResultSet key = insert.getGeneratedKeys()) {
                key.next();
                return key.getLong(1);
            }
        }
    }

    /** Every row that was acknowledged is there once, as it was written. */
    private void read(Router router) {
        try {
            Map<Long, String> found = new HashMap<>();
            for (Row row : router.read(this::select, Row::id)) {
                if (found.put(row.id(), row.state()) != null) {
                    wrong("twice", row.id());
                }
            }
            written.forEach((id, text) -> {
                if (!text.equals(found.get(id))) {
                    wrong("not as written", id);
                }
            });
            reads++;
        } catch (SQLException failure) {
            System.err.println(failure.getMessage());
        }
    }

    private void wrong(String how, long id) {
        wrong++;
        System.err.println("row " + id + " is " + how);
    }

    private List<Row> select(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT id, state FROM " + tables.get(connection.getCatalog()) + " WHERE student_module_id = ?")) {
            query.setLong(1, module);
            List<Row> rows = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    rows.add(new Row(row.getLong(1), row.getString(2)));
                }
            }
            return rows;
        }
    }

    private static MysqlDataSource dataSource(String url, String user) {
        MysqlDataSource source = new MysqlDataSource();
        source.setUrl(url);
        source.setUser(user);
        source.setPassword(System.getenv("PASSWORD"));
        return source;
    }

    private static String schema(String url) {
        return url.replaceFirst("\\?.*", "").replaceFirst(".*/", "");
    }

    private static boolean ended() throws IOException, InterruptedException {
        Thread.sleep(PACE_MILLIS);
        return System.in.available() > 0;
    }
}
