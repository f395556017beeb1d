package dev.widekey.daemon.merge;

import dev.widekey.cdc.Change;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Last images of some keys, by what is to be done with them. Immutable.
 *
 * @param keys all of them
 * @param upserts rows, in the order of their keys
 * @param touched keys whose row is to be read again
 */
record StreamPart(Set<Long> keys, List<Long> deletes, List<byte[] @Nullable []> upserts, List<Long> touched) {

    static StreamPart of(Collection<Change> images) {
        Set<Long> keys = new HashSet<>();
        List<Long> deletes = new ArrayList<>();
        List<byte[] @Nullable []> upserts = new ArrayList<>();
        List<Long> touched = new ArrayList<>();
        for (Change change : images) {
            keys.add(change.key());
            byte[] @Nullable [] row = change.row();
            if (row != null) {
                upserts.add(row);
            } else {
                (change.isTouch() ? touched : deletes).add(change.key());
            }
        }
        return new StreamPart(keys, deletes, upserts, touched);
    }

    /** Cuts the images into parts of neighbouring keys, so that two connections seldom meet on a page. */
    static List<StreamPart> cut(NavigableMap<Long, Change> images, int parts) {
        List<Change> all = List.copyOf(images.values());
        List<StreamPart> cut = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            int from = (int) ((long) all.size() * i / parts);
            int to = (int) ((long) all.size() * (i + 1) / parts);
            if (to > from) {
                cut.add(of(all.subList(from, to)));
            }
        }
        return cut;
    }
}
