package dev.widekey.backfill;

import org.jspecify.annotations.Nullable;

/**
 * A half-open range of primary keys, {@code (above, upTo]}.
 *
 * @param above exclusive lower bound, {@code null} for none
 * @param upTo inclusive upper bound, {@code null} for none
 */
public record KeyRange(@Nullable Long above, @Nullable Long upTo) {

    /** Every key there can be. */
    public static final KeyRange ALL = new KeyRange(null, null);

    /** Refuses a range whose bounds are the wrong way round. */
    public KeyRange {
        if (above != null && upTo != null && above > upTo) {
            throw new IllegalArgumentException("range (" + above + ", " + upTo + "] is upside down");
        }
    }

    /** Whether {@code key} lies in the range. */
    public boolean contains(long key) {
        return (above == null || key > above) && (upTo == null || key <= upTo);
    }

    @Override
    public String toString() {
        return "(" + (above == null ? "-inf" : above) + ", " + (upTo == null ? "+inf" : upTo) + "]";
    }
}
