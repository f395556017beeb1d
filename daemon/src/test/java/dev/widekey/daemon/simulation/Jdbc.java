package dev.widekey.daemon.simulation;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import javax.sql.DataSource;

/** JDBC in front of a simulated server: one process's pool and connections. Knows the calls the code makes and fails on any other. */
final class Jdbc {
    private final Server server;
    private final Instance instance;
    private final Deque<Session> idle = new ArrayDeque<>();

    Jdbc(Server server, Instance instance) {
        this.server = server;
        this.instance = instance;
    }

    /** The pool: hands out what was given back in good order, whatever the server thinks of it by now. */
    DataSource pool() {
        return proxy(DataSource.class, (self, method, arguments) -> {
            if (!method.getName().equals("getConnection")) {
                throw unknown("DataSource", method.getName());
            }
            Session session = idle.poll();
            return connection(session == null ? server.open(instance) : session, true);
        });
    }

    /** A connection outside the pool. */
    Connection connect() throws SQLException {
        return connection(server.open(instance), false);
    }

    private Connection connection(Session session, boolean pooled) {
        boolean[] closed = new boolean[1];
        return proxy(Connection.class, (self, method, arguments) -> {
            switch (method.getName()) {
                case "prepareStatement" -> {
                    return statement(session, (String) arguments[0]);
                }
                case "createStatement" -> {
                    return statement(session, null);
                }
                case "setAutoCommit" -> server.setAutoCommit(session, (Boolean) arguments[0]);
                case "commit" -> server.commit(session);
                case "rollback" -> server.rollback(session);
                case "abort" -> server.abandon(session);
                case "setNetworkTimeout" -> {
                    return null;
                }
                case "getMetaData" -> {
                    return metaData();
                }
                case "close" -> {
                    if (!closed[0]) {
                        closed[0] = true;
                        close(session, pooled);
                    }
                }
                default -> throw unknown("Connection", method.getName());
            }
            return null;
        });
    }

    private void close(Session session, boolean pooled) throws SQLException {
        if (!pooled || session.broken) {
            server.close(session);
            return;
        }
        if (!session.autoCommit) {
            try {
                server.rollback(session);
                server.setAutoCommit(session, true);
            } catch (SQLException failure) {
                server.close(session);
                return;
            }
        }
        idle.push(session);
    }

    private static DatabaseMetaData metaData() {
        return proxy(DatabaseMetaData.class, (self, method, arguments) -> switch (method.getName()) {
            case "getDatabaseMajorVersion" -> 8;
            case "getDatabaseMinorVersion" -> 0;
            default -> throw unknown("DatabaseMetaData", method.getName());
        });
    }

    /** A statement; with a text if it is a prepared one. */
    private PreparedStatement statement(Session session, String text) {
        Parameters parameters = new Parameters();
        InvocationHandler handler = (self, method, arguments) -> switch (method.getName()) {
            case "setLong", "setInt", "setString", "setBytes", "setObject" -> {
                parameters.set((Integer) arguments[0], arguments[1]);
                yield null;
            }
            case "setFetchSize", "close" -> null;
            case "executeQuery" -> new Rows(server, session, ask(session, text, arguments, parameters)).resultSet();
            case "executeUpdate" -> ask(session, text, arguments, parameters).changed();
            case "execute" -> {
                ask(session, text, arguments, parameters);
                yield true;
            }
            default -> throw unknown("PreparedStatement", method.getName());
        };
        return proxy(PreparedStatement.class, handler);
    }

    private Server.Answer ask(Session session, String prepared, Object[] arguments, Parameters parameters)
            throws SQLException {
        String text = arguments == null ? prepared : (String) arguments[0];
        return server.execute(session, Sql.of(text), parameters.all());
    }

    private static UnsupportedOperationException unknown(String type, String method) {
        return new UnsupportedOperationException("the simulation does not know " + type + "." + method);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static final class Parameters {
        private Object[] values = new Object[8];
        private int count;

        void set(int number, Object value) {
            if (number > values.length) {
                values = Arrays.copyOf(values, number * 2);
            }
            values[number - 1] = value;
            count = Math.max(count, number);
        }

        Object[] all() {
            return Arrays.copyOf(values, count);
        }
    }

    /** The rows of an answer, taken one by one. */
    private static final class Rows {
        private final Server server;
        private final Session session;
        private final Server.Answer answer;
        private int at = -1;
        private boolean wasNull;

        Rows(Server server, Session session, Server.Answer answer) {
            this.server = server;
            this.session = session;
            this.answer = answer;
        }

        ResultSet resultSet() {
            return proxy(ResultSet.class, (self, method, arguments) -> switch (method.getName()) {
                case "next" -> next();
                case "getLong" -> number(value(arguments[0])).longValue();
                case "getInt" -> number(value(arguments[0])).intValue();
                case "getBoolean" -> isTrue(value(arguments[0]));
                case "getString" -> string(value(arguments[0]));
                case "getBytes" -> value(arguments[0]);
                case "wasNull" -> wasNull;
                case "close" -> null;
                default -> throw unknown("ResultSet", method.getName());
            });
        }

        private boolean next() throws SQLException {
            server.nextRow(session);
            return ++at < answer.rows().size();
        }

        private Object value(Object column) {
            int index = column instanceof Integer number
                    ? number - 1
                    : switch ((String) column) {
                        case "File" -> 0;
                        case "Position" -> 1;
                        case "Executed_Gtid_Set" -> 2;
                        default -> throw unknown("column", (String) column);
                    };
            Object value = answer.rows().get(at)[index];
            wasNull = value == null;
            return value;
        }

        private static Number number(Object value) {
            return value == null ? (Number) 0L : (Number) value;
        }

        private static boolean isTrue(Object value) {
            return value instanceof Boolean bool ? bool : number(value).longValue() != 0;
        }

        private static String string(Object value) {
            if (value instanceof byte[] bytes) {
                return new String(bytes, StandardCharsets.US_ASCII);
            }
            return value == null ? null : value.toString();
        }
    }
}
