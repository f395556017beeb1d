package dev.widekey.backfill.parity;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges keys one by one, by looks at both sides with a settled stream in between. Thread-safe. */
final class Looks {
    static final int LOOKS = 8;
    static final int CONFIRMED = 3;

    private final List<String> columns;
    private final Digests sourceDigests;
    private final Digests targetDigests;
    private final Settling settling;
    private final Reads reads;

    /**
     * Wires it.
     *
     * @param columns the compared columns by name
     */
    Looks(List<String> columns, Digests sourceDigests, Digests targetDigests, Settling settling, Reads reads) {
        this.columns = columns;
        this.sourceDigests = sourceDigests;
        this.targetDigests = targetDigests;
        this.settling = settling;
        this.reads = reads;
    }

    /** Those of these keys that differ, with their columns. */
    List<Difference> judge(List<Long> some) throws SQLException, InterruptedException {
        return named(looked(unequal(some)));
    }

    /** Those of these keys whose rows are not the same at this moment. */
    Set<Long> unequal(List<Long> some) throws SQLException {
        Map<Long, String> onSource = reads.of(() -> sourceDigests.rows(some));
        Map<Long, String> onTarget = reads.of(() -> targetDigests.rows(some));
        Set<Long> unequal = new HashSet<>(some);
        unequal.removeIf(key -> Objects.equals(onSource.get(key), onTarget.get(key)));
        return unequal;
    }

    private List<Difference> looked(Set<Long> keys) throws SQLException, InterruptedException {
        List<Difference> differences = new ArrayList<>();
        Set<Long> open = new HashSet<>(keys);
        Map<Long, Sighting> sightings = new HashMap<>();
        for (int look = 0; look < LOOKS && !open.isEmpty(); look++) {
            Set<Long> looked = new HashSet<>(open);
            Map<Long, String> before = reads.of(() -> sourceDigests.rows(looked));
            settling.settle();
            Map<Long, String> onTarget = reads.of(() -> targetDigests.rows(looked));
            Map<Long, String> after = reads.of(() -> sourceDigests.rows(looked));
            for (Long key : looked) {
                String source = after.get(key);
                String target = onTarget.get(key);
                if (Objects.equals(source, target)) {
                    open.remove(key);
                } else if (!Objects.equals(source, before.get(key))) {
                    sightings.remove(key);
                } else {
                    Sighting seen = Sighting.again(sightings.get(key), source, target);
                    sightings.put(key, seen);
                    if (seen.times() == CONFIRMED) {
                        open.remove(key);
                        differences.add(new Difference(key, kind(source, target)));
                    }
                }
            }
        }
        open.forEach(key -> differences.add(new Difference(key, Difference.Kind.UNSETTLED)));
        return differences;
    }

    /** The differences, with the columns of the rows that are there on both sides. */
    private List<Difference> named(List<Difference> differences) throws SQLException {
        List<Long> keys = differences.stream()
                .filter(difference -> difference.kind() == Difference.Kind.DIFFERENT)
                .map(Difference::key)
                .toList();
        Map<Long, List<@Nullable String>> onSource = reads.of(() -> sourceDigests.columns(keys));
        Map<Long, List<@Nullable String>> onTarget = reads.of(() -> targetDigests.columns(keys));
        return differences.stream()
                .map(difference -> new Difference(
                        difference.key(),
                        difference.kind(),
                        differing(onSource.get(difference.key()), onTarget.get(difference.key()))))
                .toList();
    }

    private List<String> differing(@Nullable List<@Nullable String> here, @Nullable List<@Nullable String> there) {
        if (here == null || there == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < here.size(); i++) {
            if (!Objects.equals(here.get(i), there.get(i))) {
                names.add(columns.get(i));
            }
        }
        return names;
    }

    private static Difference.Kind kind(@Nullable String source, @Nullable String target) {
        if (source == null) {
            return Difference.Kind.EXTRA;
        }
        return target == null ? Difference.Kind.MISSING : Difference.Kind.DIFFERENT;
    }

    /** A difference, and in how many looks in a row it was seen just so. */
    private record Sighting(
            @Nullable String source, @Nullable String target, int times) {
        static Sighting again(@Nullable Sighting before, @Nullable String source, @Nullable String target) {
            if (before == null || !Objects.equals(before.source, source) || !Objects.equals(before.target, target)) {
                return new Sighting(source, target, 1);
            }
            return new Sighting(source, target, before.times + 1);
        }
    }
}
