/**
 * Where copy and stream meet: the windows of chunks in flight, the marks the stream leaves in them, and the two writers of the target.
 *
 * <p>The protocol is written down and checked in {@code docs/correctness.md}. Three kinds of threads meet here. Copy workers own a {@link
 * dev.widekey.daemon.merge.ChunkWindow} each. One dispatcher (the thread that delivers the stream) marks every batch in the open windows, holds no
 * connection, and hands the batch on. One applier writes batches to the target and never wants a window.
 */
@NullMarked
package dev.widekey.daemon.merge;

import org.jspecify.annotations.NullMarked;
