package dev.widekey.sandbox.moving;

import dev.widekey.sandbox.moving.Place.Stage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One instance of the application: a thread that inserts, updates, deletes and reads rows of its own. It looks at the flags before each read, and now and
 * then before a write; a write that a fence refuses makes it look at once and write again.
 */
final class Instance implements Runnable {
    /** What a fence's triggers say. */
    private static final int REFUSED = 1644;

    private static final int KEYS = 200;

    private final Place place;
    private final Application application;
    private final Facts facts;
    private final Random dice;
    private final int number;
    private final List<Long> own = new ArrayList<>();

    private Stage seen = Stage.BEFORE;
    private long looksAgain;
    private int writes;

    Instance(Place place, Application application, Facts facts, int number, long seed) {
        this.place = place;
        this.application = application;
        this.facts = facts;
        this.number = number;
        this.dice = new Random(seed);
    }

    @Override
    public void run() {
        try {
            while (application.runs()) {
                try (Connection source = place.source().connect();
                        Connection target = place.target().connect()) {
                    source.setAutoCommit(false);
                    serve(source, target);
                } catch (SQLException lost) {
                    application.tally().error(String.valueOf(lost.getMessage()));
                    application.rest(100);
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Connection source, Connection target) throws SQLException, InterruptedException {
        while (application.runs()) {
            application.awaitThaw(number);
            if (System.nanoTime() > looksAgain) {
                look(target);
            }
            request(source, target);
            if (dice.nextInt(4) == 0) {
                read(source, target);
            }
            application.rest(dice.nextInt(2 * application.paceMillis() + 1));
        }
    }

    private void look(Connection target) throws SQLException {
        target.setAutoCommit(true);
        seen = place.stage(target);
        if (seen.hidesEverything()) {
            application.tally().wrongFlags.incrementAndGet();
        }
        looksAgain = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(dice.nextInt(application.flagDelayMillis() + 1));
    }

    /** One write, again and again while a fence refuses it. */
    private void request(Connection source, Connection target) throws SQLException, InterruptedException {
        long began = System.nanoTime();
        boolean again = false;
        while (true) {
            boolean onTarget = seen.writesToTarget();
            Connection connection = onTarget ? target : source;
            connection.setAutoCommit(false);
            try {
                write(connection, onTarget);
                application.tally().wrote(System.nanoTime() - began, again);
                return;
            } catch (Refused refused) {
                connection.rollback();
                application.tally().refused.incrementAndGet();
                again = true;
                if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(30)) {
                    application.tally().failed.incrementAndGet();
                    return;
                }
                application.rest(5 + dice.nextInt(20));
                look(target);
            }
        }
    }

    /** A write that a fence refused; nothing of it is stored. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private void write(Connection connection, boolean onTarget) throws SQLException, InterruptedException, Refused {
        String content = "instance " + number + " write " + ++writes;
        int draw = own.isEmpty() ? 0 : dice.nextInt(10);
        Optional<Long> key = draw < 5 ? Optional.empty() : Optional.of(own.get(dice.nextInt(own.size())));
        boolean deletes = draw >= 9 || own.size() > KEYS;
        boolean committing = false;
        key.ifPresent(facts::unsure);
        Optional<String> before = key.flatMap(facts::of).flatMap(Facts.Fact::content);
        try {
            long written = key.isEmpty() ? insert(connection, onTarget, content) : key.get();
            if (key.isPresent()) {
                change(connection, onTarget, written, deletes ? Optional.empty() : Optional.of(content));
            }
            // Now and then a transaction stays open behind its write.
            application.hold(dice);
            committing = true;
            connection.commit();
            if (key.isEmpty()) {
                facts.inserted(written, content);
                own.add(written);
            } else {
                facts.is(written, deletes ? Optional.empty() : Optional.of(content));
                if (deletes) {
                    own.remove(key.get());
                }
            }
        } catch (SQLException failure) {
            if (!committing) {
                key.ifPresent(known -> facts.is(known, before));
            } else {
                key.ifPresent(own::remove);
            }
            if (failure.getErrorCode() == REFUSED) {
                throw new Refused();
            }
            throw failure;
        }
    }

    private long insert(Connection connection, boolean onTarget, String content) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO " + place.table(onTarget) + " (v, made) VALUES (?, '2015-05-05 05:05:05')",
                Statement.RETURN_GENERATED_KEYS)) {
            insert.setString(1, content);
            insert.executeUpdate();
            try (ResultSet key = insert.getGeneratedKeys()) {
                key.next();
                return key.getLong(1);
            }
        }
    }

    private void change(Connection connection, boolean onTarget, long key, Optional<String> content)
            throws SQLException {
        String sql = content.isPresent()
                ? "UPDATE " + place.table(onTarget) + " SET v = ? WHERE id = ?"
                : "DELETE FROM " + place.table(onTarget) + " WHERE id = ?";
        try (PreparedStatement change = connection.prepareStatement(sql)) {
            if (content.isPresent()) {
                change.setString(1, content.get());
            }
            change.setLong(content.isPresent() ? 2 : 1, key);
            int rows = change.executeUpdate();
            if (rows != 1) {
                application
                        .tally()
                        .wrong("row " + key + " is not there for instance " + number + " to change on the "
                                + (onTarget ? "target" : "source"));
            }
        }
    }

    /** Reads a row of its own from wherever the flags say, which has to be as it was acknowledged. */
    private void read(Connection source, Connection target) throws SQLException {
        if (own.isEmpty()) {
            return;
        }
        long key = own.get(dice.nextInt(own.size()));
        look(target);
        source.setAutoCommit(true);
        Optional<String> found = Optional.empty();
        if (seen.writesToTarget()) {
            found = select(target, place.targetTable(), key);
        }
        if (found.isEmpty() && (seen.readsSource() || !seen.writesToTarget())) {
            found = select(source, place.sourceTable(), key);
        }
        source.setAutoCommit(false);
        application.tally().reads.incrementAndGet();
        Optional<Facts.Fact> fact = facts.of(key);
        if (fact.isPresent() && fact.get().sure() && !fact.get().content().equals(found)) {
            application
                    .tally()
                    .wrong("row " + key + " reads " + found + " instead of "
                            + fact.get().content() + " with " + seen);
        }
    }

    private static Optional<String> select(Connection connection, String table, long key) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT v FROM " + table + " WHERE id = ?")) {
            query.setLong(1, key);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }
}
