package dev.widekey.cdc;

import java.util.List;

/**
 * Some consecutive changes of the stream, not aligned to transactions; empty when only the position moved.
 *
 * @param changes in stream order
 * @param resume where to start again once this batch and everything before it is applied: always the end of a
 *     transaction, so a transaction that reaches beyond this batch is delivered again from its beginning
 * @param delivered every transaction of which any part has been delivered up to and including this batch; empty when the
 *     source runs without GTIDs
 * @param bytes size of the row images, for budgets
 */
public record ChangeBatch(List<Change> changes, Position resume, Gtids delivered, long bytes) {}
