package dev.widekey.backfill;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Workers that are threads of their own. Stateless. */
final class ThreadCrew implements Crew {

    @Override
    public <T> List<T> run(String name, int workers, Callable<T> work) throws SQLException, InterruptedException {
        AtomicInteger names = new AtomicInteger();
        ExecutorService threads =
                Executors.newFixedThreadPool(workers, task -> new Thread(task, name + "-" + names.incrementAndGet()));
        CompletionService<T> ends = new ExecutorCompletionService<>(threads);
        try {
            for (int i = 0; i < workers; i++) {
                ends.submit(work);
            }
            List<T> results = new ArrayList<>();
            List<Throwable> failures = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                try {
                    results.add(ends.take().get());
                } catch (ExecutionException end) {
                    failures.add(end.getCause());
                }
            }
            if (!failures.isEmpty()) {
                throw firstOf(name, failures);
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    @Override
    public Lock lock() {
        return new ReentrantLock();
    }

    private static SQLException firstOf(String name, List<Throwable> failures) throws InterruptedException {
        Throwable first = failures.get(0);
        failures.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
        if (first instanceof SQLException sql) {
            return sql;
        }
        if (first instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        return new SQLException(name + " failed", first);
    }
}
