package dev.widekey.backfill;

/** The merge of copy and stream, as the copy sees it. A port. Thread-safe. */
public interface Windows {

    /**
     * Registers the chunk's key range as in flight: from now on the stream's changes to its keys are remembered until the window is
     * committed or closed.
     */
    Window open(Chunk chunk);
}
