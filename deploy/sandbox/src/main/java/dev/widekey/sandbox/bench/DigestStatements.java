package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.bench.Contender.FailedException;
import dev.widekey.sandbox.mysql.MySqlServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The digest statements of a comparison, as the servers' general logs have them: for each range of keys one on either side. So nothing here has to know how
 * the daemon makes a digest. Immutable.
 */
record DigestStatements(List<Pair> pairs) {
    private static final String DIGEST = "BIT_XOR(";
    private static final String RANGE = " WHERE ";

    DigestStatements {
        pairs = List.copyOf(pairs);
    }

    /** The digests of one range. */
    record Pair(String source, String target) {}

    /** A comparison that is written down. */
    interface Comparison {
        double run() throws IOException, SQLException, InterruptedException;
    }

    /**
     * Runs a comparison once and keeps its statements.
     *
     * @throws FailedException when the two sides were not asked for the same ranges
     */
    static DigestStatements of(Servers servers, Comparison comparison)
            throws IOException, SQLException, InterruptedException {
        List<MySqlServer> both = List.of(servers.source(), servers.target());
        for (MySqlServer server : both) {
            server.execute(
                    "SET GLOBAL log_output = 'TABLE'",
                    "SET GLOBAL general_log = OFF",
                    "TRUNCATE mysql.general_log",
                    "SET GLOBAL general_log = ON");
        }
        try {
            double ignored = comparison.run();
            if (ignored <= 0) {
                throw new FailedException("a comparison took no time");
            }
        } finally {
            for (MySqlServer server : both) {
                server.execute("SET GLOBAL general_log = OFF", "SET GLOBAL log_output = DEFAULT");
            }
        }
        return paired(digests(servers.source()), digests(servers.target()));
    }

    private static List<String> digests(MySqlServer server) throws SQLException {
        List<String> statements = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log"
                        + " WHERE command_type IN ('Query', 'Execute') AND argument LIKE '%" + DIGEST + "%'")) {
            while (row.next()) {
                statements.add(row.getString(1));
            }
        }
        return statements;
    }

    static DigestStatements paired(List<String> source, List<String> target) {
        Map<String, String> onTarget = new LinkedHashMap<>();
        target.forEach(statement -> onTarget.put(range(statement), statement));
        List<Pair> pairs = new ArrayList<>();
        for (String statement : source) {
            String other = onTarget.remove(range(statement));
            if (other == null) {
                throw new FailedException("the target was not asked for a digest of" + range(statement));
            }
            pairs.add(new Pair(statement, other));
        }
        if (pairs.isEmpty() || !onTarget.isEmpty()) {
            throw new FailedException(
                    "there are " + pairs.size() + " digests of the source, " + onTarget.size() + " more of the target");
        }
        return new DigestStatements(pairs);
    }

    private static String range(String statement) {
        return statement.substring(statement.lastIndexOf(RANGE));
    }

    /**
     * How long the statements take, each range on the source and then on the target, so many ranges at once.
     *
     * @throws FailedException when they do not cover so many rows, or the sides differ
     */
    double seconds(Servers servers, int workers, long rows) throws SQLException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        Callable<Long> client = () -> digest(servers, next);
        ExecutorService pool = Executors.newFixedThreadPool(workers);
        try {
            long began = System.nanoTime();
            long seen = 0;
            for (Future<Long> end : pool.invokeAll(Collections.nCopies(workers, client))) {
                seen += end.get();
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            if (seen != rows) {
                throw new FailedException("the digest statements cover " + seen + " rows of " + rows);
            }
            return seconds;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof FailedException failed) {
                throw failed;
            }
            throw new SQLException("the digests cannot be measured", e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private long digest(Servers servers, AtomicInteger next) throws SQLException {
        long rows = 0;
        try (Connection source = servers.sourceConnection();
                Statement onSource = source.createStatement();
                Connection target = servers.targetConnection();
                Statement onTarget = target.createStatement()) {
            // As the daemon's sessions: times are compared as they are stored, text as its bytes.
            onSource.execute("SET time_zone = '+00:00'");
            onTarget.execute("SET time_zone = '+00:00'");
            for (int i = next.getAndIncrement(); i < pairs.size(); i = next.getAndIncrement()) {
                Pair pair = pairs.get(i);
                try (ResultSet here = onSource.executeQuery(pair.source());
                        ResultSet there = onTarget.executeQuery(pair.target())) {
                    here.next();
                    there.next();
                    rows += here.getLong(1);
                    if (here.getLong(1) != there.getLong(1)
                            || !here.getString(2).equals(there.getString(2))) {
                        throw new FailedException("the digests of" + range(pair.source()) + " differ");
                    }
                }
            }
        }
        return rows;
    }
}
