package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.Dice;
import dev.widekey.sandbox.csmh.Flags;
import dev.widekey.sandbox.demo.DaemonState;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One migration on fresh tables, from the first start of the daemon to DONE, with blows on the way and a check of every row at the end. Used by one
 * thread.
 */
public final class Round {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration UNTIL_POINT = Duration.ofSeconds(90);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final int KILLED = 137;
    private static final int REPLACED = 4;
    private static final List<Integer> GAVE_UP = List.of(1, 75, 78);
    private static final List<Flags> LEGAL = List.of(Flags.DEFAULT, new Flags(true, true), new Flags(true, false));

    private final Arena arena;
    private final Setup setup;
    private final Consumer<String> say;
    private final Score score = new Score();
    private final Deque<Blow> blows;
    private final Surgeon surgeon;
    private final boolean plainly;
    private final Path config;
    private final Path log;

    private @Nullable Life life;
    private Blow.@Nullable AtPoint armed;
    private boolean struck;
    private boolean done;
    private long killedAt;

    /**
     * What a round is made of.
     *
     * @param name its name, for files
     * @param seed decides rows, writers and blows
     * @param rows rows at the start
     * @param chunkRows rows per chunk
     * @param writers writing threads
     * @param perSecond their transactions per second, together
     * @param storm the writers delete rows near the copy, as fast as they can, and do nothing else
     * @param late whether the target's secondary indexes are built after the copy
     * @param javaOptions for the daemon
     */
    public record Setup(
            String name,
            long seed,
            int rows,
            int chunkRows,
            int writers,
            double perSecond,
            boolean storm,
            boolean late,
            String javaOptions) {}

    /** A round did not end as it should. */
    public static final class FailedException extends Exception {
        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }

    private Round(Arena arena, Setup setup, List<Blow> blows, Consumer<String> say) throws IOException {
        this.arena = arena;
        this.setup = setup;
        this.say = say;
        this.blows = new ArrayDeque<>(blows);
        this.surgeon = new Surgeon(arena);
        this.plainly = blows.stream()
                .anyMatch(blow -> blow instanceof Blow.Surroundings happens && happens.fault() instanceof Fault.Broken);
        this.config = arena.config(
                setup.name() + ".yaml",
                plainly ? surgeon.source() : arena.source(),
                plainly ? surgeon.target() : arena.target(),
                !plainly,
                setup.chunkRows(),
                setup.late());
        this.log = arena.folder().resolve(setup.name() + ".log");
    }

    /**
     * Runs a round.
     *
     * @return what was done and found
     * @throws FailedException when the daemon ended in a way it must not, did not come to its end, or a row is wrong
     */
    public static Score run(Arena arena, Setup setup, List<Blow> blows, Consumer<String> say)
            throws FailedException, IOException, SQLException, InterruptedException {
        Round round = new Round(arena, setup, blows, say);
        try (Surgeon closed = round.surgeon) {
            return round.run();
        }
    }

    private Score run() throws FailedException, IOException, SQLException, InterruptedException {
        Content content = new Content(setup.seed(), setup.storm() ? 40 : 2_000);
        Truth truth = new Truth();
        LoadedKeys keys = new LoadedKeys(setup.rows());
        arena.clear(plainly);
        arena.load(keys, truth, content);
        String defined = arena.world().targetDefinition();
        WriterTally tally;
        boolean broken;
        Dice dice = Dice.of(setup.seed(), 3);
        try (Crowd crowd = setup.storm()
                ? Crowd.storm(arena.world(), truth, content, keys, setup.writers(), setup.chunkRows(), dice)
                : Crowd.start(arena.world(), truth, content, keys, setup.writers(), setup.perSecond(), dice)) {
            tally = crowd.tally();
            try {
                while (!done && !blows.isEmpty()) {
                    strike();
                }
                finish();
            } catch (FailedException failed) {
                crowd.stop();
                say.accept("as it stands, compared although the daemon did not come to its end: "
                        + Audit.of(arena.world(), truth, content));
                throw failed;
            } finally {
                if (life != null) {
                    life.close();
                }
            }
            crowd.stop();
            broken = crowd.brokeItsPromise();
        }
        if (broken) {
            Score nothing = new Score();
            nothing.isVoid();
            say.accept("void: a writer was held up and wrote to the source after a long silence");
            return nothing;
        }
        if (!arena.world().targetDefinition().equals(defined)) {
            throw new FailedException("the target's table is no longer what it was: "
                    + arena.world().targetDefinition());
        }
        return judge(truth, tally, content);
    }

    private void strike() throws FailedException, IOException, InterruptedException, SQLException {
        Blow blow = blows.peek();
        Life running = alive();
        if (blow instanceof Blow.AtPoint point) {
            long deadline = System.nanoTime() + UNTIL_POINT.toNanos();
            OptionalInt exit = running.await(LOOK);
            while (exit.isEmpty() && !point.part().isOverIn(running.phase()) && System.nanoTime() < deadline) {
                exit = running.await(LOOK);
            }
            if (exit.isPresent()) {
                ended(running, exit.getAsInt());
            } else {
                score.missed();
                kill(running);
                blows.remove();
            }
        } else if (blow instanceof Blow.AtMoment moment) {
            OptionalInt exit = moment.fromStart() ? OptionalInt.empty() : awaitPart(running, moment.part());
            if (exit.isEmpty()) {
                exit = running.await(moment.after());
            }
            if (exit.isPresent()) {
                ended(running, exit.getAsInt());
            } else {
                kill(running);
                blows.remove();
            }
        } else if (blow instanceof Blow.Surroundings surroundings) {
            OptionalInt exit = awaitPart(running, surroundings.part());
            if (exit.isEmpty()) {
                exit = running.await(surroundings.after());
            }
            if (exit.isPresent()) {
                ended(running, exit.getAsInt());
            } else {
                blows.remove();
                struck = true;
                String phase = running.phase();
                boolean happened = true;
                if (surroundings.fault() == Fault.Event.PAUSE) {
                    takeOver(running);
                } else {
                    happened = surgeon.strike(surroundings.fault());
                }
                say.accept(surroundings.fault().option()
                        + (happened ? " in phase " : " did not come about in phase ")
                        + phase);
                if (happened) {
                    score.struck(surroundings.fault());
                }
            }
        }
    }

    /** The process that runs, or a new one, armed with the crash point that ends its life by the plan. */
    private Life alive() throws IOException {
        Life running = life;
        if (running == null) {
            armed = blows.stream()
                    .filter(blow -> !(blow instanceof Blow.Surroundings))
                    .findFirst()
                    .filter(Blow.AtPoint.class::isInstance)
                    .map(Blow.AtPoint.class::cast)
                    .orElse(null);
            running = start(armed == null ? "" : " -Dwidekey.crash-at=" + armed.armed());
            life = running;
            struck = false;
        }
        return running;
    }

    private Life start(String more) throws IOException {
        return Life.start(arena.files().launcher(), config, log, setup.javaOptions() + more);
    }

    private OptionalInt awaitPart(Life running, Points part) throws InterruptedException {
        long deadline = System.nanoTime() + UNTIL_POINT.toNanos();
        OptionalInt exit = OptionalInt.empty();
        while (exit.isEmpty() && !part.hasBegunIn(running.phase()) && System.nanoTime() < deadline) {
            exit = running.await(LOOK);
        }
        return exit;
    }

    private void kill(Life running) throws InterruptedException {
        recovered(running);
        running.kill();
        score.killedAtMoment();
        bury(running);
    }

    private void ended(Life running, int code) throws FailedException, InterruptedException {
        recovered(running);
        if (code == KILLED && armed != null) {
            score.killedAt(armed.point());
            blows.remove(armed);
            bury(running);
        } else if (code == 0) {
            done = true;
            bury(running);
        } else if (struck && GAVE_UP.contains(code)) {
            score.restarted();
            say.accept("gave up with exit code " + code + " in phase '" + running.phase() + "':");
            running.lastLines().stream()
                    .filter(line -> line.contains(" ERROR ") || line.startsWith("Caused by"))
                    .forEach(line -> say.accept("  " + line));
            bury(running);
        } else {
            throw failed("the daemon ended with exit code " + code, running);
        }
    }

    private void bury(Life dead) throws InterruptedException {
        killedAt = System.nanoTime();
        dead.close();
        life = null;
        armed = null;
    }

    private void recovered(Life running) {
        if (killedAt != 0 && running.resumedAt().isPresent()) {
            score.recovered((running.resumedAt().getAsLong() - killedAt) / 1e9);
            killedAt = 0;
        }
    }

    /** Stands still beyond the lease; another process takes over; the first one wakes up and has to find out. */
    private void takeOver(Life first) throws FailedException, IOException, InterruptedException {
        first.signal("STOP");
        try {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            Life second = start("");
            while (true) {
                life = second;
                OptionalInt exit = second.await(LOOK);
                if (second.owns()) {
                    second.awaitResumed(UNTIL_POINT);
                    break;
                }
                if (exit.isPresent()) {
                    if (exit.getAsInt() != 75 || System.nanoTime() > deadline) {
                        throw failed("a second instance ended with exit code " + exit.getAsInt(), second);
                    }
                    second.close();
                    second = start("");
                }
            }
            first.signal("CONT");
            OptionalInt exit = first.await(PATIENCE);
            if (armed != null && exit.equals(OptionalInt.of(KILLED))) {
                // It came to its crash point before it could find out.
                score.killedAt(armed.point());
                blows.remove(armed);
            } else if (!exit.equals(OptionalInt.of(REPLACED))) {
                throw failed("a daemon that was replaced ended with " + exit + " instead of " + REPLACED, first);
            }
            armed = null;
        } finally {
            first.close();
        }
    }

    private void finish() throws FailedException, IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!done) {
            Life running = alive();
            OptionalInt exit = running.await(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            if (exit.isEmpty()) {
                throw failed("the daemon does not come to its end", running);
            }
            ended(running, exit.getAsInt());
        }
    }

    private Score judge(Truth truth, WriterTally tally, Content content) throws FailedException, SQLException {
        List<Flags> flags = new DaemonState(arena.world()).flagHistory();
        if (!flags.equals(LEGAL)) {
            throw new FailedException("the flags went through " + flags);
        }
        Audit audit = Audit.of(arena.world(), truth, content);
        score.judged(truth, tally, audit);
        if (!audit.wrongSource().isEmpty()) {
            throw new FailedException("the source is not as its writers were told: " + audit);
        }
        if (!audit.isClean()) {
            say.accept("WRONG: " + audit);
        }
        return score;
    }

    private FailedException failed(String what, Life of) {
        List<String> message = new ArrayList<>(List.of(what + "; log " + log + ", its last lines:"));
        message.addAll(of.lastLines());
        return new FailedException(String.join("\n", message));
    }
}
