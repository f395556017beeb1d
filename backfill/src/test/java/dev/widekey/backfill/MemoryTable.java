package dev.widekey.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLTransientConnectionException;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import javax.sql.DataSource;

/** A source table {@code t (id, v)} in memory that answers the three questions the copy asks, in the form it asks them. */
final class MemoryTable {
    static final SourceTable NAME = new SourceTable("s", "t", "id", List.of("id", "v"));

    /** How many more connections fail. */
    volatile int away;

    final NavigableMap<Long, String> rows = new ConcurrentSkipListMap<>();

    MemoryTable(int count) {
        for (long key = 1; key <= count; key++) {
            rows.put(key, "row " + key);
        }
    }

    DataSource source() {
        return proxy(DataSource.class, (self, method, arguments) -> {
            if (away > 0) {
                away--;
                throw new SQLTransientConnectionException("the source is away");
            }
            return connection();
        });
    }

    private Connection connection() {
        return proxy(Connection.class, (self, method, arguments) -> switch (method.getName()) {
            case "prepareStatement" -> statement((String) arguments[0]);
            case "createStatement" -> statement("");
            default -> null;
        });
    }

    private PreparedStatement statement(String prepared) {
        SortedMap<Integer, Long> parameters = new TreeMap<>();
        return proxy(PreparedStatement.class, (self, method, arguments) -> switch (method.getName()) {
            case "setLong", "setInt" -> parameters.put((Integer) arguments[0], ((Number) arguments[1]).longValue());
            case "executeQuery" ->
                result(answer(arguments == null ? prepared : (String) arguments[0], List.copyOf(parameters.values())));
            default -> null;
        });
    }

    private List<Object[]> answer(String sql, List<Long> parameters) {
        if (sql.contains("MIN(")) {
            return List.<Object[]>of(
                    rows.isEmpty() ? new Object[] {null, null} : new Object[] {rows.firstKey(), rows.lastKey()});
        }
        NavigableMap<Long, String> scope = rows;
        int parameter = 0;
        if (sql.contains("> ?")) {
            scope = scope.tailMap(parameters.get(parameter++), false);
        }
        if (sql.contains("<= ?")) {
            scope = scope.headMap(parameters.get(parameter++), true);
        }
        if (sql.contains(" DESC ")) {
            scope = scope.descendingMap();
        }
        if (sql.contains("OFFSET ?")) {
            return scope.keySet().stream()
                    .skip(parameters.get(parameter))
                    .limit(1)
                    .map(key -> new Object[] {key})
                    .toList();
        }
        return scope.entrySet().stream()
                .map(row -> new Object[] {row.getKey(), row.getValue()})
                .toList();
    }

    private static ResultSet result(List<Object[]> answer) {
        Iterator<Object[]> rest = answer.iterator();
        Object[][] row = new Object[1][];
        Object[] seen = new Object[1];
        return proxy(ResultSet.class, (self, method, arguments) -> switch (method.getName()) {
            case "next" -> {
                row[0] = rest.hasNext() ? rest.next() : null;
                yield row[0] != null;
            }
            case "getLong" -> {
                seen[0] = row[0][(Integer) arguments[0] - 1];
                yield seen[0] == null ? 0L : seen[0];
            }
            case "getBytes" -> row[0][(Integer) arguments[0] - 1].toString().getBytes(UTF_8);
            case "wasNull" -> seen[0] == null;
            default -> null;
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
