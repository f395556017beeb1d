package dev.widekey.daemon.simulation;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Decides who goes on. One actor runs at a time; at each of its steps the chance of the run picks the next one, itself included, and the turn is
 * handed over directly. What the world does by itself - an application's commit, a row that becomes visible, a crash - is a {@link Happening}: it
 * needs no thread and happens between two steps.
 *
 * <p>A condition somebody waits for is looked at, never signalled, so no wake-up can be forgotten. When nobody can go on, that is a deadlock; when
 * the steps run out, nothing ends.
 */
final class Schedule {
    /** An actor's weight of 1, as the world counts. */
    static final int WHOLE = 32;

    private final Chance chance;
    private final Trace trace;
    private final ActorThreads threads;
    private final int mostSteps;
    /** How often, in percent, an actor that could go on does, before the others are asked. */
    private final int persistence;

    private final Thread runner = Thread.currentThread();
    private final List<Actor> actors = new ArrayList<>();
    private final List<Happening> happenings = new ArrayList<>();
    private final int[] weights = new int[64];

    private Actor running;
    private int steps;
    private int timed;
    private boolean over;
    private volatile boolean finished;
    private String violation = "";

    /** Something the world does by itself. */
    interface Happening {
        /** How likely it is now, in parts of an actor's weight of 1, {@value #WHOLE} of them; 0 when it cannot happen. */
        int weight();

        /** Happens. */
        void happen();
    }

    Schedule(Chance chance, Trace trace, ActorThreads threads, int mostSteps) {
        this.chance = chance;
        this.trace = trace;
        this.threads = threads;
        this.mostSteps = mostSteps;
        this.persistence = chance.of(List.of(0, 0, 30, 60, 85));
        add(new Happening() {
            @Override
            public int weight() {
                return timed > 0 ? WHOLE : 0;
            }

            @Override
            public void happen() {
                // Time passes, which is all that some wait for.
            }
        });
    }

    void add(Happening happening) {
        happenings.add(happening);
    }

    /** Adds an actor; it begins when it is picked. */
    void start(Instance instance, String name, int weight, Runnable body) {
        Actor[] actor = new Actor[1];
        ActorThreads.Seat seat = threads.take(() -> live(actor[0], body));
        actor[0] = new Actor(name, instance, weight, seat);
        actors.add(actor[0]);
    }

    /** Runs until the run is over and every actor has ended. */
    void run() {
        handOver(next());
        while (!finished) {
            LockSupport.park(this);
        }
    }

    /** Ends the run: everybody is unwound. */
    void end() {
        over = true;
    }

    /** The first thing that went wrong ends the run. */
    void violated(String what) {
        if (!over) {
            violation = what;
            over = true;
            trace.add("-", "VIOLATED", what);
        }
    }

    /** What went wrong; empty when nothing did. */
    String violation() {
        return violation;
    }

    int steps() {
        return steps;
    }

    /** Whose turn it is. */
    String actor() {
        return running == null ? "world" : running.name;
    }

    void note(String what, Object about) {
        trace.add(actor(), what, about);
    }

    /** A place where others may go on first. */
    void step(String what, Object about) {
        Actor me = alive();
        trace.add(me.name, what, about);
        pass(me);
    }

    /** Goes on at some moment when the condition holds. */
    void await(String what, BooleanSupplier condition) {
        Actor me = alive();
        me.waitsFor = condition;
        me.waitsAt = what;
        trace.add(me.name, "waits", what);
        pass(me);
        me.waitsFor = null;
    }

    /** Like {@link #await}, but goes on without the condition when the patience, in steps, runs out. */
    void awaitUpTo(String what, BooleanSupplier condition, int patience) {
        if (patience == Integer.MAX_VALUE) {
            await(what, condition);
            return;
        }
        int until = steps + patience;
        timed++;
        try {
            await(what, () -> steps >= until || condition.getAsBoolean());
        } finally {
            timed--;
        }
    }

    /** Whether the running actor is being unwound: whatever it still says is heard by nobody. */
    boolean isVanished() {
        return running != null && (over || running.instance.dead);
    }

    private Actor alive() {
        if (isVanished()) {
            throw new Vanished();
        }
        return running;
    }

    private void pass(Actor me) {
        Actor next = goesOn(me) ? me : next();
        if (next != me) {
            handOver(next);
            me.seat.awaitTurn();
        }
        running = me;
        alive();
    }

    private boolean goesOn(Actor me) {
        if (persistence == 0 || over || !me.canGoOn() || !chance.percent(persistence)) {
            return false;
        }
        steps++;
        return true;
    }

    private void live(Actor me, Runnable body) {
        running = me;
        try {
            if (!isVanished()) {
                body.run();
            }
        } catch (Vanished gone) {
            // That is how it ends.
        } catch (Throwable failure) {
            StringWriter text = new StringWriter();
            failure.printStackTrace(new PrintWriter(text, true));
            violated(me.name + " fails: " + text);
        }
        // Production code leaves the mark of an interrupt behind; the thread is somebody else's next.
        Thread.interrupted();
        actors.remove(me);
        Actor next = next();
        threads.free(me.seat);
        handOver(next);
    }

    private void handOver(Actor next) {
        if (next == null) {
            finished = true;
            LockSupport.unpark(runner);
        } else {
            next.seat.giveTurn();
        }
    }

    /** Lets the world happen until it is an actor's turn; null when nobody is left. */
    private Actor next() {
        while (true) {
            for (Actor actor : actors) {
                if (over || actor.instance.dead) {
                    return actor;
                }
            }
            if (over) {
                return null;
            }
            if (++steps > mostSteps) {
                violated("nothing ends within " + mostSteps + " steps: " + waiting());
                continue;
            }
            int total = weigh();
            if (total == 0) {
                violated("nobody can go on: " + waiting());
                continue;
            }
            int pick = chance.below(total);
            int at = 0;
            while (pick >= weights[at]) {
                pick -= weights[at++];
            }
            if (at < actors.size()) {
                return actors.get(at);
            }
            Actor before = running;
            running = null;
            happenings.get(at - actors.size()).happen();
            running = before;
        }
    }

    private int weigh() {
        int total = 0;
        int at = 0;
        for (Actor actor : actors) {
            weights[at] = actor.canGoOn() ? actor.weight * WHOLE : 0;
            total += weights[at++];
        }
        for (Happening happening : happenings) {
            weights[at] = happening.weight();
            total += weights[at++];
        }
        return total;
    }

    private String waiting() {
        StringBuilder text = new StringBuilder();
        for (Actor actor : actors) {
            text.append(actor.name)
                    .append(actor.waitsFor == null ? " could go on" : " waits for " + actor.waitsAt)
                    .append(actor.instance.paused ? " (paused); " : "; ");
        }
        return text.toString();
    }
}
