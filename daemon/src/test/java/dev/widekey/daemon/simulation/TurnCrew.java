package dev.widekey.daemon.simulation;

import dev.widekey.backfill.Crew;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Lock;

/** Workers that are actors of one process. */
final class TurnCrew implements Crew {
    private final Schedule schedule;
    private final Instance instance;
    private final Chance chance;

    TurnCrew(Schedule schedule, Instance instance, Chance chance) {
        this.schedule = schedule;
        this.instance = instance;
        this.chance = chance;
    }

    @Override
    public <T> List<T> run(String name, int workers, Callable<T> work) throws SQLException, InterruptedException {
        List<T> results = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 1; i <= workers; i++) {
            schedule.start(instance, name + "-" + i + "#" + instance.number, chance.of(List.of(1, 2, 4, 8)), () -> {
                try {
                    results.add(work.call());
                } catch (Vanished gone) {
                    throw gone;
                } catch (Throwable failure) {
                    failures.add(failure);
                }
            });
        }
        schedule.await("workers", () -> results.size() + failures.size() == workers);
        if (failures.isEmpty()) {
            return results;
        }
        Throwable first = failures.get(0);
        if (first instanceof SQLException sql) {
            throw sql;
        }
        if (first instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        throw new IllegalStateException(first);
    }

    @Override
    public Lock lock() {
        return new TurnLock(schedule, "plan");
    }
}
