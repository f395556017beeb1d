package dev.widekey.daemon.simulation;

import dev.widekey.daemon.simulation.Target.Place;
import dev.widekey.daemon.simulation.Target.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** InnoDB's row locks: shared and exclusive, first come first served, with deadlocks found as they close. */
final class Locks {

    /** Somebody who waits. */
    private record Request(Transaction transaction, Place place, boolean exclusive) {}

    private static final class Row {
        private Transaction exclusive;
        private final Set<Transaction> shared = new LinkedHashSet<>();

        boolean isFree() {
            return exclusive == null && shared.isEmpty();
        }
    }

    private final Map<Place, Row> rows = new HashMap<>();
    private final List<Request> waiting = new ArrayList<>();

    /** Takes the lock if nobody stands in the way. */
    boolean tryLock(Transaction transaction, Place place, boolean exclusive) {
        Request request = new Request(transaction, place, exclusive);
        if (!inTheWay(request, waiting.size()).isEmpty()) {
            return false;
        }
        grant(request);
        return true;
    }

    /** Stands in line; {@link #isGranted} tells when it is over. */
    void queue(Transaction transaction, Place place, boolean exclusive) {
        waiting.add(new Request(transaction, place, exclusive));
    }

    /** Whether the one lock the transaction waits for could be taken; takes it. */
    boolean isGranted(Transaction transaction) {
        for (int i = 0; i < waiting.size(); i++) {
            Request request = waiting.get(i);
            if (request.transaction() == transaction) {
                if (!inTheWay(request, i).isEmpty()) {
                    return false;
                }
                waiting.remove(i);
                grant(request);
                return true;
            }
        }
        return true;
    }

    /** Like {@link #isGranted}, without taking it. */
    boolean isGrantable(Transaction transaction) {
        for (int i = 0; i < waiting.size(); i++) {
            if (waiting.get(i).transaction() == transaction) {
                return inTheWay(waiting.get(i), i).isEmpty();
            }
        }
        return true;
    }

    void giveUp(Transaction transaction) {
        waiting.removeIf(request -> request.transaction() == transaction);
    }

    /** The transactions of the circle that this one closes by waiting; empty when it closes none. */
    List<Transaction> circle(Transaction transaction) {
        List<Transaction> path = new ArrayList<>();
        return leadsBack(transaction, transaction, path) ? path : List.of();
    }

    private boolean leadsBack(Transaction from, Transaction start, List<Transaction> path) {
        path.add(from);
        for (int i = 0; i < waiting.size(); i++) {
            Request request = waiting.get(i);
            if (request.transaction() == from) {
                for (Transaction other : inTheWay(request, i)) {
                    if (other == start || (!path.contains(other) && leadsBack(other, start, path))) {
                        return true;
                    }
                }
            }
        }
        path.remove(path.size() - 1);
        return false;
    }

    private List<Transaction> inTheWay(Request request, int before) {
        List<Transaction> others = new ArrayList<>();
        Row row = rows.get(request.place());
        if (row != null) {
            if (row.exclusive != null && row.exclusive != request.transaction()) {
                others.add(row.exclusive);
            }
            if (row.exclusive == request.transaction()) {
                return others;
            }
            if (request.exclusive()) {
                row.shared.stream()
                        .filter(holder -> holder != request.transaction())
                        .forEach(others::add);
            } else if (row.shared.contains(request.transaction())) {
                return others;
            }
        }
        for (int i = 0; i < before; i++) {
            Request earlier = waiting.get(i);
            if (earlier.place().equals(request.place())
                    && earlier.transaction() != request.transaction()
                    && (earlier.exclusive() || request.exclusive())) {
                others.add(earlier.transaction());
            }
        }
        return others;
    }

    private void grant(Request request) {
        Row row = rows.computeIfAbsent(request.place(), place -> new Row());
        if (request.exclusive()) {
            row.exclusive = request.transaction();
        } else if (row.exclusive != request.transaction()) {
            row.shared.add(request.transaction());
        }
    }

    /** Gives one lock back, as READ COMMITTED does with rows that turn out not to be meant. */
    void unlock(Transaction transaction, Place place) {
        Row row = rows.get(place);
        if (row != null) {
            release(row, transaction);
            if (row.isFree()) {
                rows.remove(place);
            }
        }
    }

    void release(Transaction transaction) {
        giveUp(transaction);
        rows.values().forEach(row -> release(row, transaction));
        rows.values().removeIf(Row::isFree);
    }

    private static void release(Row row, Transaction transaction) {
        if (row.exclusive == transaction) {
            row.exclusive = null;
        }
        row.shared.remove(transaction);
    }

    boolean isHeldByAnother(Transaction transaction, Place place) {
        Row row = rows.get(place);
        return row != null
                && ((row.exclusive != null && row.exclusive != transaction)
                        || row.shared.stream().anyMatch(holder -> holder != transaction));
    }
}
