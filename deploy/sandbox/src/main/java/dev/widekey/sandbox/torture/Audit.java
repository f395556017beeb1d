package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.HistoryRow;
import dev.widekey.sandbox.csmh.HistoryRows;
import dev.widekey.sandbox.csmh.Side;
import dev.widekey.sandbox.csmh.World;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds every row of both tables against what the writers were told, byte for byte. Shares no code with the daemon and uses none of its state.
 * Nobody may write meanwhile.
 *
 * @param rows rows in the target
 * @param lost keys of acknowledged rows that are not there
 * @param ghosts keys of rows that were deleted, refused, rolled back or never written
 * @param stale keys of rows with other content than the last acknowledged one
 * @param wrongSource keys for which the source itself is not as it was told; then the round proves nothing
 */
record Audit(long rows, List<Long> lost, List<Long> ghosts, List<Long> stale, List<Long> wrongSource) {

    /** Reads both tables once. */
    static Audit of(World world, Truth truth, Content content) throws SQLException {
        List<Long> wrongSource = new ArrayList<>();
        Map<Long, Long> told = truth.of(Side.OLD);
        try (HistoryRows rows = HistoryRows.open(world.source(), world.sourceSchema(), World.OLD_TABLE)) {
            Set<Long> missing = new HashSet<>(told.keySet());
            for (HistoryRow row = rows.next(); row != null; row = rows.next()) {
                missing.remove(row.id());
                if (!isAsTold(row, told.get(row.id()), content)) {
                    wrongSource.add(row.id());
                }
            }
            wrongSource.addAll(missing);
        }
        List<Long> lost = new ArrayList<>();
        List<Long> ghosts = new ArrayList<>();
        List<Long> stale = new ArrayList<>();
        Map<Long, Long> expected = new LinkedHashMap<>(told);
        truth.of(Side.EXTENDED).forEach((id, stamp) -> {
            // Both tables have given one key to two rows: one of them cannot be there.
            if (expected.put(id, stamp) != null) {
                lost.add(id);
            }
        });
        Set<Long> missing = new HashSet<>(expected.keySet());
        long count = 0;
        try (HistoryRows rows = HistoryRows.open(world.target(), world.targetSchema(), World.EXTENDED_TABLE)) {
            for (HistoryRow row = rows.next(); row != null; row = rows.next()) {
                count++;
                missing.remove(row.id());
                Long stamp = expected.get(row.id());
                if (stamp == null) {
                    ghosts.add(row.id());
                } else if (!isAsTold(row, stamp, content)) {
                    OptionalLong found = Content.stampOf(row);
                    (found.isPresent() && truth.isFailed(found.getAsLong()) ? ghosts : stale).add(row.id());
                }
            }
        }
        lost.addAll(missing);
        return new Audit(count, lost, ghosts, stale, wrongSource);
    }

    /** Rows were compared, and all of them are right. */
    boolean isClean() {
        return rows > 0 && lost.isEmpty() && ghosts.isEmpty() && stale.isEmpty() && wrongSource.isEmpty();
    }

    @Override
    public String toString() {
        return rows + " rows" + named(", lost ", lost) + named(", ghost ", ghosts) + named(", stale ", stale)
                + named(", source not as told ", wrongSource);
    }

    private static boolean isAsTold(HistoryRow row, @Nullable Long stamp, Content content) {
        return stamp != null && row.equals(content.row(row.id(), stamp));
    }

    private static String named(String what, List<Long> keys) {
        return keys.isEmpty() ? "" : what + keys.size() + " like " + keys.subList(0, Math.min(10, keys.size()));
    }
}
