package dev.widekey.daemon.audit.totals;

import dev.widekey.daemon.audit.Range;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts keys into spans of one width, the groups of the dimension id range. Stateless. */
final class Spans {
    private static final long MOST = 1_000;
    private static final long LEAST_WIDTH = 100;

    private Spans() {}

    /** The spans from the least key to the greatest, both included; at most {@value #MOST}, and the first one reaches below the least. */
    static List<Range> of(long least, long greatest) {
        BigInteger keys =
                BigInteger.valueOf(greatest).subtract(BigInteger.valueOf(least)).add(BigInteger.ONE);
        // Rounded up, and one span less for the one that a crooked beginning adds.
        long width = keys.add(BigInteger.valueOf(MOST - 2))
                .divide(BigInteger.valueOf(MOST - 1))
                .max(BigInteger.valueOf(LEAST_WIDTH))
                .longValueExact();
        List<Range> spans = new ArrayList<>();
        Long above = null;
        BigInteger last = BigInteger.valueOf(Math.floorDiv(least, width))
                .add(BigInteger.ONE)
                .multiply(BigInteger.valueOf(width))
                .subtract(BigInteger.ONE);
        while (last.compareTo(BigInteger.valueOf(greatest)) < 0) {
            spans.add(new Range(above, last.longValueExact()));
            above = last.longValueExact();
            last = last.add(BigInteger.valueOf(width));
        }
        spans.add(new Range(above, greatest));
        return spans;
    }

    /** How a span is called. */
    static String label(Range span, long least) {
        @Nullable Long above = span.above();
        return (above == null ? least : above + 1) + ".." + span.upTo();
    }
}
