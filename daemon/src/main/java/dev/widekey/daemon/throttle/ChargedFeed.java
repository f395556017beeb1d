package dev.widekey.daemon.throttle;

import dev.widekey.cdc.ChangeBatch;
import dev.widekey.cdc.ChangeFeed;
import dev.widekey.cdc.ChangeListener;
import dev.widekey.cdc.FeedHalt;
import dev.widekey.cdc.FeedStatus;
import dev.widekey.cdc.Gtids;
import dev.widekey.cdc.Position;

/** A feed whose changes are taken off the budget when they are delivered. It is never held up: a stream that falls behind helps nobody. */
public final class ChargedFeed implements ChangeFeed {
    private final ChangeFeed feed;
    private final Governor governor;

    /** Charges what this feed delivers. */
    public ChargedFeed(ChangeFeed feed, Governor governor) {
        this.feed = feed;
        this.governor = governor;
    }

    @Override
    public void start(Position from, Gtids delivered, ChangeListener listener) {
        feed.start(from, delivered, new ChangeListener() {
            @Override
            public void onBatch(ChangeBatch batch) throws InterruptedException {
                governor.charge(batch.changes().size(), batch.bytes());
                listener.onBatch(batch);
            }

            @Override
            public void onHalt(FeedHalt halt) {
                listener.onHalt(halt);
            }
        });
    }

    @Override
    public FeedStatus status() {
        return feed.status();
    }

    @Override
    public void close() {
        feed.close();
    }
}
