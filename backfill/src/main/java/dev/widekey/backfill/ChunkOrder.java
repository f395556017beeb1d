package dev.widekey.backfill;

/** Where the copy begins. Both orders cover every key; only who is served first differs. */
public enum ChunkOrder {
    /** From the lowest key up: reads and writes go along the clustered index, the cheapest order. */
    ASCENDING {
        @Override
        String boundSql(SourceTable table, boolean bounded) {
            return "SELECT " + table.keyName() + " FROM " + table.name()
                    + (bounded ? " WHERE " + table.keyName() + " > ?" : "")
                    + " ORDER BY " + table.keyName() + " LIMIT 1 OFFSET ?";
        }

        @Override
        int offset(int rows) {
            return rows - 1;
        }

        @Override
        KeyRange range(KeyRange rest, Long bound) {
            return new KeyRange(rest.above(), bound);
        }

        @Override
        KeyRange rest(KeyRange rest, KeyRange taken) {
            return new KeyRange(taken.upTo(), null);
        }
    },
    /** From the highest key down: what users look at most is on the target first. */
    NEWEST_FIRST {
        @Override
        String boundSql(SourceTable table, boolean bounded) {
            return "SELECT " + table.keyName() + " FROM " + table.name()
                    + (bounded ? " WHERE " + table.keyName() + " <= ?" : "")
                    + " ORDER BY " + table.keyName() + " DESC LIMIT 1 OFFSET ?";
        }

        @Override
        int offset(int rows) {
            return rows;
        }

        @Override
        KeyRange range(KeyRange rest, Long bound) {
            return new KeyRange(bound, rest.upTo());
        }

        @Override
        KeyRange rest(KeyRange rest, KeyRange taken) {
            return new KeyRange(null, taken.above());
        }
    };

    /** SQL for the key at which the next chunk ends: first parameter the open end of the rest if bounded, then the offset. */
    abstract String boundSql(SourceTable table, boolean bounded);

    /** How many keys of the rest lie between its open end and the bound. */
    abstract int offset(int rows);

    /** The chunk between the open end of the rest and the bound. */
    abstract KeyRange range(KeyRange rest, Long bound);

    /** What is left of the rest once {@code taken}, which is not the last chunk, is cut off. */
    abstract KeyRange rest(KeyRange rest, KeyRange taken);

    /** The order that runs the other way. */
    ChunkOrder reversed() {
        return this == ASCENDING ? NEWEST_FIRST : ASCENDING;
    }

    /** Whether a chunk is the last of a plan: it reaches to infinity on the side the order runs to. */
    public boolean isLast(KeyRange range) {
        return this == ASCENDING ? range.upTo() == null : range.above() == null;
    }
}
