package dev.widekey.daemon.audit.totals;

import dev.widekey.daemon.config.DaemonConfig;
import dev.widekey.daemon.preflight.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * What is counted: for each side the same sums and the same groups, in the same order. Immutable.
 *
 * @param key the primary key
 * @param groupings the dimensions beside ids and NULL
 * @param nullable columns whose NULL and empty values are counted
 * @param sourceBytes SQL for the bytes of a row of the source
 * @param targetBytes the same on the target
 * @param uncounted columns whose bytes are left out, and why
 */
public record Plan(
        String key,
        List<Grouping> groupings,
        List<String> nullable,
        String sourceBytes,
        String targetBytes,
        List<String> uncounted) {

    /** Keeps its own copies. */
    public Plan {
        groupings = List.copyOf(groupings);
        nullable = List.copyOf(nullable);
        uncounted = List.copyOf(uncounted);
    }

    /**
     * A dimension whose groups are values.
     *
     * @param name for people
     * @param onSource SQL for a short text that stands for the group of a row of the source
     * @param onTarget the same on the target
     */
    record Grouping(String name, String onSource, String onTarget) {}

    /** A plan, or why there is none. */
    public record Planned(Optional<Plan> plan, List<Problem> problems) {

        /** Keeps its own copy. */
        public Planned {
            problems = List.copyOf(problems);
        }
    }

    /** Plans the totals of two tables; both have columns. */
    public static Planned of(List<CountedColumn> source, List<CountedColumn> target, DaemonConfig.Audit wanted) {
        return new Planning(source, target).plan(wanted);
    }

    /** The pairs of columns, and what is found out about them. */
    private static final class Planning {
        private final Map<String, CountedColumn> from = new LinkedHashMap<>();
        private final Map<String, CountedColumn> to = new LinkedHashMap<>();
        private final List<Problem> problems = new ArrayList<>();
        private final List<String> uncounted = new ArrayList<>();

        Planning(List<CountedColumn> source, List<CountedColumn> target) {
            source.forEach(column -> from.put(column.name().toLowerCase(Locale.ROOT), column));
            target.forEach(column -> to.put(column.name().toLowerCase(Locale.ROOT), column));
        }

        Planned plan(DaemonConfig.Audit wanted) {
            List<CountedColumn> keys =
                    from.values().stream().filter(CountedColumn::key).toList();
            if (keys.size() != 1 || !keys.get(0).isInteger()) {
                problems.add(new Problem(
                        keys.isEmpty() ? Problem.Code.SOURCE_KEY_MISSING : Problem.Code.SOURCE_KEY_NOT_INTEGER,
                        "the source table's primary key is not one integer column",
                        "source.table",
                        "only such tables have totals by id"));
            }
            for (CountedColumn key : keys) {
                CountedColumn there = to.get(key.name().toLowerCase(Locale.ROOT));
                if (there == null || !there.isInteger()) {
                    problems.add(new Problem(
                            Problem.Code.TARGET_KEY_DIFFERENT,
                            "the target table has no integer column " + key.name() + ", which is the source's key",
                            "target.table",
                            "name the table that is moved to"));
                }
            }
            List<Grouping> groupings = new ArrayList<>();
            for (String name : wanted.byDay()) {
                grouping("audit.by-day", name, "day of ", "a date", Planning::byDay)
                        .ifPresent(groupings::add);
            }
            for (String name : wanted.groupBy()) {
                grouping("audit.group-by", name, "", "a number, a time or a text", Planning::byValue)
                        .ifPresent(groupings::add);
            }
            if (!problems.isEmpty()) {
                return new Planned(Optional.empty(), problems);
            }
            List<String> sourceBytes = new ArrayList<>();
            List<String> targetBytes = new ArrayList<>();
            bytes(sourceBytes, targetBytes);
            return new Planned(
                    Optional.of(new Plan(
                            keys.get(0).name(), groupings, nullable(), sum(sourceBytes), sum(targetBytes), uncounted)),
                    List.of());
        }

        private Optional<Grouping> grouping(
                String setting,
                String name,
                String prefix,
                String wanted,
                BiFunction<CountedColumn, CountedColumn, Optional<Grouping>> of) {
            CountedColumn here = from.get(name.toLowerCase(Locale.ROOT));
            CountedColumn there = to.get(name.toLowerCase(Locale.ROOT));
            if (here == null || there == null) {
                problems.add(new Problem(
                        Problem.Code.AUDIT_COLUMN,
                        "the " + (here == null ? "source" : "target") + " table has no column " + name,
                        setting,
                        "name a column of both tables"));
                return Optional.empty();
            }
            Optional<Grouping> found = of.apply(here, there)
                    .map(grouping -> new Grouping(prefix + here.name(), grouping.onSource(), grouping.onTarget()));
            if (found.isEmpty()) {
                problems.add(new Problem(
                        Problem.Code.AUDIT_COLUMN,
                        "column " + name + " is " + here.columnType() + " on the source and " + there.columnType()
                                + " on the target, which has no such groups",
                        setting,
                        "name a column that is " + wanted + " on both sides"));
            }
            return found;
        }

        private static Optional<Grouping> byDay(CountedColumn here, CountedColumn there) {
            return here.isDated() && there.isDated()
                    ? Optional.of(new Grouping(here.name(), here.day(), there.day()))
                    : Optional.empty();
        }

        private static Optional<Grouping> byValue(CountedColumn here, CountedColumn there) {
            return here.label(there)
                    .flatMap(onSource ->
                            there.label(here).map(onTarget -> new Grouping(here.name(), onSource, onTarget)));
        }

        private List<String> nullable() {
            return from.entrySet().stream()
                    .filter(column -> {
                        CountedColumn there = to.get(column.getKey());
                        return there != null && (column.getValue().nullable() || there.nullable());
                    })
                    .map(column -> column.getValue().name())
                    .toList();
        }

        private void bytes(List<String> onSource, List<String> onTarget) {
            from.forEach((name, here) -> {
                CountedColumn there = to.get(name);
                if (there == null) {
                    uncounted.add(here.name() + " (not on the target)");
                    return;
                }
                Optional<String> each = here.bytes(there);
                Optional<String> other = there.bytes(here);
                if (here.generated() || each.isEmpty() || other.isEmpty()) {
                    uncounted.add(here.name() + " ("
                            + (here.generated()
                                    ? "generated"
                                    : here.columnType() + " on the source, " + there.columnType() + " on the target")
                            + ")");
                } else {
                    onSource.add(each.get());
                    onTarget.add(other.get());
                }
            });
            to.forEach((name, there) -> {
                if (!from.containsKey(name)) {
                    uncounted.add(there.name() + " (not on the source)");
                }
            });
        }

        private static String sum(List<String> terms) {
            return terms.isEmpty() ? "0" : String.join(" + ", terms);
        }
    }
}
