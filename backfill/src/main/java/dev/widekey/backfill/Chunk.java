package dev.widekey.backfill;

/**
 * The unit of copying: one range of keys, copied by one read and one target transaction.
 *
 * @param number its place in the plan, from 0 up; the identity of the chunk within a migration
 * @param range the keys it covers
 */
public record Chunk(long number, KeyRange range) {

    @Override
    public String toString() {
        return "chunk " + number + " " + range;
    }
}
