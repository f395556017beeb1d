package dev.widekey.daemon.simulation;

import dev.widekey.cdc.Change;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;
import dev.widekey.cdc.debezium.HandOver;
import dev.widekey.daemon.simulation.Source.Commit;
import dev.widekey.daemon.simulation.Source.Entry;
import dev.widekey.daemon.simulation.Tally.Event;
import dev.widekey.daemon.state.StreamPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The binlog's reader: batches of any size, cut anywhere but inside a change of a key, as the production reader cuts them; the hand-over behind it is
 * the production one.
 *
 * <p>The place a batch leads to lies in front of the transaction of its last change, until something behind that transaction - a heartbeat, the next
 * one - says that it is over. A reader that is built again begins where the last batch handed over led to.
 */
final class Feed {
    private final Source source;
    private final Schedule schedule;
    private final Mischief mischief;
    private final Tally tally;
    private final Chance chance;
    private final Set<Long> begun;

    private Position at;
    private Position from;
    private int next;
    private int inside;

    /** @param begun what was delivered by anybody before */
    Feed(Source source, Schedule schedule, Mischief mischief, Tally tally, Chance chance, Set<Long> begun) {
        this.source = source;
        this.schedule = schedule;
        this.mischief = mischief;
        this.tally = tally;
        this.chance = chance;
        this.begun = begun;
    }

    void run(StreamPosition.Stored start, ChangeListener listener) {
        HandOver handOver = new HandOver(start.position(), start.delivered(), listener);
        while (true) {
            schedule.step("feed connects", handOver.handed().toString());
            if (source.hasFailedOver()) {
                listener.onHalt(new FeedHalt(FeedHalt.Reason.SOURCE_CHANGED, "another server answers"));
                return;
            }
            handOver.mark(source.end());
            from = handOver.handed();
            at = from;
            next = from.gtids().isEmpty() ? source.number(from) : 0;
            inside = 0;
            try {
                deliver(handOver);
            } catch (RuntimeException failure) {
                // As the production hand-over does: a receiver that fails ends the stream.
                listener.onHalt(new FeedHalt(FeedHalt.Reason.RECEIVER_FAILED, String.valueOf(failure.getMessage())));
                return;
            }
        }
    }

    /** Until the reader has to be built again. */
    private void deliver(HandOver handOver) {
        while (true) {
            skip();
            schedule.await(
                    "feed", () -> next < source.log.size() || !handOver.handed().covers(at) || source.hasFailedOver());
            if (source.hasFailedOver() || mischief.strikes(Kind.READER_REBUILT)) {
                return;
            }
            if (chance.percent(10)) {
                handOver.mark(source.end());
            }
            deliverBatch(handOver);
        }
    }

    /** Passes over what lies in front of the start, in a log that is sent from its beginning. */
    private void skip() {
        while (next < source.log.size() && source.isIn(from, source.log.get(next))) {
            next++;
            inside = 0;
            at = source.place(next, at.gtids());
        }
    }

    private void deliverBatch(HandOver handOver) {
        List<Change> changes = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        Position reached = at;
        String running = null;
        int records = chance.between(1, 4);
        for (int i = 0; i < records && next < source.log.size(); i++) {
            Commit commit = source.log.get(next);
            if (inside >= commit.entries.size()) {
                pass(commit);
                reached = at;
                text.append("| ");
                continue;
            }
            reached = at;
            running = source.hasGtids ? commit.gtid.toString() : null;
            add(commit, changes, text);
            while (inside < commit.entries.size() && commit.entries.get(inside).joined()) {
                add(commit, changes, text);
            }
        }
        if (inside > 0) {
            tally.count(Event.CUT_INSIDE_A_TRANSACTION);
        }
        tally.count(Event.BATCHES);
        schedule.step("delivers", text + "-> " + reached + " " + reached.gtids());
        handOver.hand(changes, reached, changes.isEmpty() ? null : running);
    }

    private void add(Commit commit, List<Change> changes, StringBuilder text) {
        Entry entry = commit.entries.get(inside);
        if (!begun.add(commit.number * 100L + inside)) {
            tally.count(Event.CHANGES_DELIVERED_AGAIN);
        }
        inside++;
        text.append(entry.key()).append('=').append(entry.value()).append(' ');
        changes.add(
                entry.value() == null
                        ? Change.delete(entry.key())
                        : Change.upsert(entry.key(), SourceServer.image(entry.key(), entry.value())));
    }

    private void pass(Commit commit) {
        next++;
        inside = 0;
        Gtids gtids = at.gtids().isEmpty() ? Gtids.empty() : at.gtids().plus(commit.gtid);
        at = source.place(next, gtids);
        skip();
    }
}
