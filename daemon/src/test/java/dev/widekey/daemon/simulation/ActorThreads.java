package dev.widekey.daemon.simulation;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads for actors, used again by one run after the other. Of all of them and the thread that runs the simulation, one is awake.
 */
final class ActorThreads implements AutoCloseable {
    private final ArrayDeque<Seat> idle = new ArrayDeque<>();
    private volatile boolean closed;

    /** A thread that sleeps until it is its turn. */
    final class Seat {
        private volatile boolean turn;
        private Runnable work;
        private final Thread thread;

        private Seat() {
            thread = new Thread(this::run, "actor");
            thread.setDaemon(true);
            thread.start();
        }

        void giveTurn() {
            turn = true;
            LockSupport.unpark(thread);
        }

        void awaitTurn() {
            while (!turn) {
                LockSupport.park(this);
            }
            turn = false;
        }

        private void run() {
            while (!closed) {
                awaitTurn();
                if (!closed) {
                    work.run();
                }
            }
        }
    }

    /** A seat that does the work at its first turn. The work calls {@link #free} before it gives the turn to somebody else. */
    Seat take(Runnable work) {
        Seat seat = idle.isEmpty() ? new Seat() : idle.pop();
        seat.work = work;
        return seat;
    }

    void free(Seat seat) {
        idle.push(seat);
    }

    @Override
    public void close() {
        closed = true;
        idle.forEach(Seat::giveTurn);
    }
}
