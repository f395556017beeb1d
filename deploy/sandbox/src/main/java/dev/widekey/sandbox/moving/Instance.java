package dev.widekey.sandbox.moving;

import dev.widekey.sandbox.moving.Place.Stage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One instance of the application: a thread that inserts, updates, deletes and reads rows of its own, as the flags contract asks for. It looks at the
 * flags before each read, and now and then before a write; a write that a fence refuses makes it look at once and write again. While old rows are on the
 * other side than new ones it changes new ones alone, and deletes on both sides.
 */
final class Instance implements Runnable {
    /** What a fence's triggers say. */
    private static final int REFUSED = 1644;

    private static final int KEYS = 200;
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final Place place;
    private final Application application;
    private final Facts facts;
    private final Random dice;
    private final int number;
    private final List<Long> own = new ArrayList<>();

    /** Rows of its own that were born on the side of new rows while old ones were on the other. */
    private final List<Long> fresh = new ArrayList<>();

    private Stage seen = Stage.BEFORE;
    private long looksAgain;
    private int writes;

    /** Whether a delete has found its row on one side and has not ended on the other. */
    private boolean deletedInPart;

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
        String name = "instance-" + number;
        if (application.acknowledges()) {
            place.acknowledge(target, name, seen, LEASE);
        }
        Stage found = place.stage(target);
        if (application.acknowledges() && !found.equals(seen)) {
            // Nothing goes on that began under the flags of before: an instance is one thread.
            place.acknowledge(target, name, found, LEASE);
        }
        boolean turned = seen.writesToTarget() != found.writesToTarget();
        seen = found;
        if (turned || !seen.isSplit()) {
            own.addAll(fresh);
            fresh.clear();
        }
        if (seen.hidesEverything()) {
            application.tally().wrongFlags.incrementAndGet();
        }
        looksAgain = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(dice.nextInt(application.flagDelayMillis() + 1));
    }

    /** One write, again and again while a fence refuses it. */
    private void request(Connection source, Connection target) throws SQLException, InterruptedException {
        Write write = choose();
        // With what it knows of the flags by then.
        application.awaitThaw(number);
        long began = System.nanoTime();
        boolean again = false;
        deletedInPart = false;
        while (true) {
            try {
                perform(write, source, target);
                application.tally().wrote(System.nanoTime() - began, again);
                return;
            } catch (Refused refused) {
                application.tally().refused.incrementAndGet();
                if (write.key().isEmpty()) {
                    application.tally().refusedNew.incrementAndGet();
                }
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

    /** What a request wants; without a key it is a new row. */
    private record Write(Optional<Long> key, Optional<String> content) {}

    private Write choose() {
        String content = "instance " + number + " write " + ++writes;
        List<Long> changeable = seen.isSplit() ? fresh : own;
        int draw = dice.nextInt(10);
        if (draw >= 9 || own.size() + fresh.size() > KEYS) {
            List<Long> mine = (fresh.isEmpty() || (dice.nextBoolean() && !own.isEmpty())) ? own : fresh;
            if (!mine.isEmpty()) {
                return new Write(Optional.of(mine.get(dice.nextInt(mine.size()))), Optional.empty());
            }
        }
        return (draw < 5 || changeable.isEmpty())
                ? new Write(Optional.empty(), Optional.of(content))
                : new Write(Optional.of(changeable.get(dice.nextInt(changeable.size()))), Optional.of(content));
    }

    /** A write that a fence refused; nothing of it is stored. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private void perform(Write write, Connection source, Connection target)
            throws SQLException, InterruptedException, Refused {
        boolean onTarget = seen.writesToTarget();
        if (write.key().isEmpty()) {
            String content = write.content().orElseThrow();
            long key = transact(
                    onTarget ? target : source, Optional.empty(), connection -> insert(connection, onTarget, content));
            facts.inserted(key, content);
            (seen.isSplit() ? fresh : own).add(key);
        } else if (write.content().isEmpty()) {
            delete(write.key().get(), source, target);
        } else {
            long key = write.key().get();
            // Where the row was born; a stage that has changed meanwhile has it where old rows are.
            boolean there = (seen.isSplit() && !fresh.contains(key)) ? seen.targetWins() : onTarget;
            long rows = transact(
                    there ? target : source,
                    write.key(),
                    connection -> change(connection, there, key, write.content()));
            requireOne(rows, key, there ? "target" : "source");
            facts.is(key, write.content());
        }
    }

    /** While old rows are on the other side than new ones, on both: first where old ones are. */
    private void delete(long key, Connection source, Connection target)
            throws SQLException, InterruptedException, Refused {
        boolean first = seen.isSplit() ? seen.targetWins() : seen.writesToTarget();
        long rows = deleteOn(key, first, source, target);
        if (seen.isSplit()) {
            rows += deleteOn(key, !first, source, target);
        }
        if (!deletedInPart) {
            requireOne(Math.min(rows, 1), key, seen.toString());
        }
        deletedInPart = false;
        facts.is(key, Optional.empty());
        own.remove(key);
        fresh.remove(key);
    }

    private long deleteOn(long key, boolean onTarget, Connection source, Connection target)
            throws SQLException, InterruptedException, Refused {
        long rows = transact(
                onTarget ? target : source,
                Optional.of(key),
                connection -> change(connection, onTarget, key, Optional.empty()));
        deletedInPart |= rows > 0;
        return rows;
    }

    private void requireOne(long rows, long key, String where) {
        if (rows != 1) {
            application.tally().wrong("row " + key + " is not there for instance " + number + " to change on " + where);
        }
    }

    /** Statements of one transaction. */
    private interface Statements {
        long run(Connection connection) throws SQLException;
    }

    private long transact(Connection connection, Optional<Long> key, Statements statements)
            throws SQLException, InterruptedException, Refused {
        connection.setAutoCommit(false);
        key.ifPresent(facts::unsure);
        Optional<String> before = key.flatMap(facts::of).flatMap(Facts.Fact::content);
        boolean committing = false;
        try {
            long result = statements.run(connection);
            // Now and then a transaction stays open behind its write.
            application.hold(dice);
            committing = true;
            connection.commit();
            return result;
        } catch (SQLException failure) {
            if (!committing) {
                if (!deletedInPart) {
                    key.ifPresent(known -> facts.is(known, before));
                }
            } else {
                key.ifPresent(own::remove);
                key.ifPresent(fresh::remove);
            }
            if (failure.getErrorCode() == REFUSED) {
                connection.rollback();
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

    private long change(Connection connection, boolean onTarget, long key, Optional<String> content)
            throws SQLException {
        String sql = content.isPresent()
                ? "UPDATE " + place.table(onTarget) + " SET v = ? WHERE id = ?"
                : "DELETE FROM " + place.table(onTarget) + " WHERE id = ?";
        try (PreparedStatement change = connection.prepareStatement(sql)) {
            if (content.isPresent()) {
                change.setString(1, content.get());
            }
            change.setLong(content.isPresent() ? 2 : 1, key);
            return change.executeUpdate();
        }
    }

    /** Reads a row of its own from wherever the flags say, which has to be as it was acknowledged. */
    private void read(Connection source, Connection target) throws SQLException {
        List<Long> mine = (fresh.isEmpty() || (dice.nextBoolean() && !own.isEmpty())) ? own : fresh;
        if (mine.isEmpty()) {
            return;
        }
        long key = mine.get(dice.nextInt(mine.size()));
        look(target);
        source.setAutoCommit(true);
        boolean first = seen.targetWins();
        Optional<String> found = select(first ? target : source, place.table(first), key);
        if (found.isEmpty() && seen.readsBoth()) {
            found = select(first ? source : target, place.table(!first), key);
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
