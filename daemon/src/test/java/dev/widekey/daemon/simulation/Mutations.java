package dev.widekey.daemon.simulation;

import java.util.List;

/**
 * The rules of the copy protocol, each taken away from the code.
 *
 * <p>Not here, because nothing goes wrong without them on InnoDB: that a window is forgotten and unlocked only behind its commit. Whatever the stream
 * does to a row that the chunk has inserted waits for the row's lock, which the chunk's transaction holds to its end. That a connection whose COMMIT
 * was not answered is ended first: the question waits for its locks anyway, only longer. The order of deletes and upserts within a transaction of
 * the stream: they never name the same key.
 *
 * <p>Not here either, because the moment they guard is one statement long and five thousand runs seldom meet it: that a chunk's look for entries, and its
 * look for rows, wait for others, which {@code QuarantineLocksIT} shows; and that the stream makes an entry before it deletes the row.
 */
final class Mutations {
    private static final String BACKFILL = "backfill/src/main/java/dev/widekey/backfill/";
    private static final String CDC = "cdc/src/main/java/dev/widekey/cdc/";
    private static final String DAEMON = "daemon/src/main/java/dev/widekey/daemon/";
    private static final String WINDOW = DAEMON + "merge/ChunkWindow.java";
    private static final String MERGE = DAEMON + "merge/Merge.java";
    private static final String APPLIER = DAEMON + "merge/StreamApplier.java";
    private static final String CHUNK_WRITER = DAEMON + "merge/TargetChunkWriter.java";
    private static final String STREAM_WRITER = DAEMON + "merge/TargetStreamWriter.java";
    private static final String QUARANTINE = DAEMON + "quarantine/Quarantine.java";
    private static final String TRANSACTION = DAEMON + "state/OwnedTransaction.java";
    private static final String OWNERSHIP = DAEMON + "state/Ownership.java";
    private static final String COPY = BACKFILL + "Backfill.java";
    private static final String DELIVERY = CDC + "debezium/Delivery.java";

    private Mutations() {}

    static List<Mutation> all() {
        return List.of(
                // Windows and tombstones.
                Mutation.of("a delete leaves no tombstone", WINDOW, "tombstones.add(change.key());", ";"),
                Mutation.of(
                        "a row that comes back keeps its tombstone", WINDOW, "tombstones.remove(change.key());", ";"),
                Mutation.of(
                        "only the first change of a batch is marked",
                        WINDOW,
                        "for (Change change : changes) {",
                        "for (Change change : changes.subList(0, Math.min(1, changes.size()))) {"),
                Mutation.of("too many tombstones are forgotten", WINDOW, "overflown = true;", ";"),
                Mutation.of(
                                "changes are applied before they are marked",
                                MERGE,
                                "        for (ChunkWindow window : windows) {\n",
                                "        applier.take(batch);\n        for (ChunkWindow window : windows) {\n")
                        .and("        }\n        applier.take(batch);\n    }", "        }\n    }"),
                Mutation.of(
                                "what is delivered is published after the marks",
                                MERGE,
                                "        delivered = batch.delivered();\n",
                                "")
                        .and(
                                "        for (Change change : batch.changes()) {\n            activity",
                                "        delivered = batch.delivered();\n        for (Change change : batch.changes()) {\n            activity"),
                // The wait and the read.
                Mutation.of(
                                "a window looks at what is delivered before it is registered",
                                MERGE,
                                "        ChunkWindow window = new ChunkWindow(",
                                "        Gtids seen = delivered;\n        ChunkWindow window = new ChunkWindow(")
                        .and("window.readsFrom(delivered);", "window.readsFrom(seen);"),
                Mutation.of(
                        "a read waits for what is applied, not for what is delivered",
                        MERGE,
                        "window.readsFrom(delivered);",
                        "window.readsFrom(applier.position().gtids());"),
                Mutation.of(
                        "a read waits for whole transactions only",
                        DELIVERY,
                        "delivered = running == null ? seen : seen.plus(running);",
                        "delivered = seen;"),
                Mutation.of(
                        "no read waits, with GTIDs",
                        DAEMON + "merge/Executed.java",
                        "if (delivered.isEmpty()) {",
                        "if (delivered != null) {"),
                Mutation.of(
                        "no read waits, without GTIDs",
                        DAEMON + "merge/Markers.java",
                        "            mark.executeUpdate();\n",
                        ""),
                Mutation.of(
                        "a wait that timed out is taken for a wait",
                        DAEMON + "merge/Executed.java",
                        "if (!row.next() || row.getInt(1) != 0) {",
                        "if (!row.next()) {"),
                Mutation.of("rows are read before the wait", COPY, """
                                    window.awaitVisible(connection);
                                    ChunkReader.Volume volume = reader.read(connection, chunk.range(), window::insert);
                        """.replaceAll("(?m)^ {24}", ""), """
                        java.util.List<RowBatch> early = new java.util.ArrayList<>();
                        ChunkReader.Volume volume = reader.read(connection, chunk.range(), batch -> early.add(RowBatch.of(batch.rows())));
                        window.awaitVisible(connection);
                        for (RowBatch batch : early) { window.insert(batch); }
                        """),
                Mutation.of("rows are read before the window is opened", COPY, """
                                try (Connection connection = source.getConnection();
                                        Window window = windows.open(chunk)) {
                                    window.awaitVisible(connection);
                                    ChunkReader.Volume volume = reader.read(connection, chunk.range(), window::insert);
                                    window.commit();
                                    return volume;
                                }
                        """.replaceAll("(?m)^ {24}", ""), """
                        try (Connection connection = source.getConnection()) {
                            java.util.List<RowBatch> early = new java.util.ArrayList<>();
                            ChunkReader.Volume volume = reader.read(connection, chunk.range(), batch -> early.add(RowBatch.of(batch.rows())));
                            try (Window window = windows.open(chunk)) {
                                window.awaitVisible(connection);
                                for (RowBatch batch : early) { window.insert(batch); }
                                window.commit();
                                return volume;
                            }
                        }
                        """),
                Mutation.of(
                                "the rows of a failed chunk are written again",
                                COPY,
                                "ChunkReader.Volume volume = reader.read(connection, chunk.range(), window::insert);",
                                """
                        java.util.List<RowBatch> kept = keptRows.get(chunk);
                        ChunkReader.Volume volume = new ChunkReader.Volume(0, 0, java.time.Duration.ZERO);
                        if (kept == null) {
                            kept = new java.util.ArrayList<>();
                            java.util.List<RowBatch> read = kept;
                            volume = reader.read(connection, chunk.range(), batch -> read.add(RowBatch.of(batch.rows())));
                            keptRows.put(chunk, kept);
                        }
                        for (RowBatch batch : kept) { window.insert(batch); }
                        """)
                        .and(
                                "    private volatile boolean stopping;\n",
                                "    private volatile boolean stopping;\n    private final java.util.Map<Chunk, java.util.List<RowBatch>> keptRows ="
                                        + " new java.util.concurrent.ConcurrentHashMap<>();\n"),
                Mutation.of(
                                "a chunk that failed goes on in its middle",
                                BACKFILL + "ChunkReader.java",
                                "return stream(query, table.columns().size(), batchRows, new Sized(source, sink));",
                                "int[] skip = {passed.getOrDefault(range, 0)}; return stream(query, table.columns().size(), 1, batch -> {"
                                        + " if (skip[0]-- <= 0) { passed.merge(range, 1, Integer::sum); sink.accept(batch); } });")
                        .and(
                                "    private final SourceTable table;\n",
                                "    private final SourceTable table;\n    private final java.util.Map<KeyRange, Integer> passed ="
                                        + " new java.util.concurrent.ConcurrentHashMap<>();\n"),
                // The chunk's transaction.
                Mutation.of(
                        "a chunk overwrites rows that exist",
                        CHUNK_WRITER,
                        "table.insertAbsent(transaction.connection(), batch, refusals);",
                        "table.upsert(transaction.connection(), batch.rows(), refusals);"),
                Mutation.of(
                        "tombstoned keys are not deleted",
                        CHUNK_WRITER,
                        "            table.delete(connection, tombstones);\n",
                        ""),
                Mutation.of(
                        "a chunk is recorded in a transaction of its own, before its rows",
                        CHUNK_WRITER,
                        "            log.record(connection, chunk, rows - refusals.keys().size());\n",
                        "            try (OwnedTransaction early = OwnedTransaction.begin(target, ownership)) {"
                                + " log.record(early.connection(), chunk, rows); early.commit(); }\n"),
                Mutation.of(
                        "a commit that was not answered counts as done",
                        CHUNK_WRITER,
                        "if (outcome() == OwnedTransaction.Outcome.ROLLED_BACK) {",
                        "if (outcome() == null) {"),
                Mutation.of(
                        "a commit that was not answered counts as undone",
                        CHUNK_WRITER,
                        "if (outcome() == OwnedTransaction.Outcome.ROLLED_BACK) {",
                        "if (chunk != null) {"),
                Mutation.of(
                        "the question after a commit does not wait for it",
                        DAEMON + "state/ChunkLog.java",
                        "WHERE migration = ? AND number = ? FOR UPDATE",
                        "WHERE migration = ? AND number = ?"),
                Mutation.of(
                        "statements commit one by one",
                        TRANSACTION,
                        "            connection.setAutoCommit(false);\n            ownership",
                        "            ownership"),
                Mutation.of(
                        "a transaction that is given up is not rolled back",
                        TRANSACTION,
                        "                connection.rollback();\n",
                        "                connection.setAutoCommit(true);\n"),
                // The stream's transaction and the position.
                Mutation.of(
                        "the first image of a key wins",
                        APPLIER,
                        "lastImages.put(change.key(), change);",
                        "lastImages.putIfAbsent(change.key(), change);"),
                Mutation.of(
                        "the stream leaves rows alone that exist",
                        STREAM_WRITER,
                        "table.upsert(connection, part.upserts(), refusals);",
                        "table.insertAbsent(connection, dev.widekey.backfill.RowBatch.of(part.upserts()), refusals);"),
                Mutation.of(
                                "the position is stored in a transaction of its own, before the rows",
                                STREAM_WRITER,
                                "            positions.write(transaction.connection(), resume, delivered);\n",
                                "")
                        .and(
                                "        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {\n"
                                        + "            CrashPoint.STREAM_BEGUN.reached();\n",
                                "        try (OwnedTransaction early = OwnedTransaction.begin(target, ownership)) {"
                                        + " positions.write(early.connection(), resume, delivered); early.commit(); }\n"
                                        + "        try (OwnedTransaction transaction = OwnedTransaction.begin(target, ownership)) {\n"),
                Mutation.of(
                                "the position is stored before the parts of many keys",
                                STREAM_WRITER,
                                "            writeInParts(images, delivered);\n            write",
                                "            write")
                        .and(
                                "writeTogether(StreamPart.of(List.of()), resume, delivered);",
                                "writeTogether(StreamPart.of(List.of()), resume, delivered);"
                                        + " writeInParts(images, delivered);"),
                Mutation.of(
                        "of many keys the last part is left out",
                        STREAM_WRITER,
                        "crew.run(\"apply\", parts.size(), () -> {",
                        "crew.run(\"apply\", Math.max(1, parts.size() - 1), () -> {"),
                Mutation.of(
                        "the position is that of a batch that still waits",
                        APPLIER,
                        "Position resume = last.resume();",
                        "Position resume = waiting.isEmpty() ? last.resume() : waiting.peek().resume();"),
                Mutation.of(
                        "the position counts a transaction of which a part is delivered",
                        DELIVERY,
                        "        Position resume = complete(batch.resume());\n",
                        "        Position place = complete(batch.resume());\n"
                                + "        Position resume = batch.running() == null ? place : new Position(place.serverUuid(), place.file(),"
                                + " place.offset(), place.gtids().plus(batch.running()), place.fingerprint());\n"),
                Mutation.of("the position counts what lies behind it", DELIVERY, " || !resume.covers(passed)", ""),
                Mutation.of(
                        "a new reader begins behind everything delivered",
                        DELIVERY,
                        "        return handed;\n",
                        "        return new Position(handed.serverUuid(), handed.file(), handed.offset(),"
                                + " handed.gtids().plus(delivered), handed.fingerprint());\n"),
                Mutation.of(
                        "the applier says it is further than it is",
                        APPLIER,
                        "        retry.executeCallable(() -> {\n",
                        "        synchronized (moved) { position = resume; }\n        retry.executeCallable(() -> {\n"),
                Mutation.of(
                        "the stream starts at the end of the log",
                        CDC + "Position.java",
                        "return new Position(end.serverUuid, end.file, FILE_START, executed, shape.fingerprint());",
                        "return new Position(end.serverUuid, end.file, end.offset, Gtids.empty(), shape.fingerprint());"),
                Mutation.of(
                        "a new process starts its stream at the end of the log",
                        "daemon/src/test/java/dev/widekey/daemon/simulation/Life.java",
                        "StreamPosition.Stored stored = positions.read().orElseThrow();",
                        "StreamPosition.Stored stored; try (Connection now = source.pool().getConnection()) {"
                                + " Position end = Position.endOfLog(now); stored = new StreamPosition.Stored(end, end.gtids()); }"),
                // Rows the target refuses.
                Mutation.of(
                        "a chunk does not look for entries",
                        CHUNK_WRITER,
                        "            table.delete(connection, quarantine.held(connection, chunk.range()));\n",
                        ""),
                Mutation.of(
                        "a chunk makes entries for rows that are there",
                        CHUNK_WRITER,
                        "                quarantine.leave(connection, table.present(connection, refusals.keys()));\n",
                        ""),
                Mutation.of(
                        "a chunk makes entries for rows that are deleted",
                        CHUNK_WRITER,
                        "            refusals.forget(tombstones);\n",
                        ""),
                Mutation.of(
                        "the stream leaves the row that a refused one should replace",
                        STREAM_WRITER,
                        "            table.delete(connection, refusals.keys());\n",
                        ""),
                Mutation.of(
                        "entries outlive their rows",
                        STREAM_WRITER,
                        "        quarantine.leave(connection, dealtWith);\n",
                        ""),
                Mutation.of(
                        "the stream looks for no entry of a chunk",
                        QUARANTINE,
                        "        noted.add(refusal.key());\n",
                        ""),
                Mutation.of(
                        "a new process does not know the entries of the one before",
                        "daemon/src/test/java/dev/widekey/daemon/simulation/Life.java",
                        "        quarantine.load();\n",
                        ""),
                // The owner.
                Mutation.of(
                        "no transaction checks the epoch",
                        TRANSACTION,
                        "            ownership.check(connection);\n",
                        ""),
                Mutation.of(
                        "any epoch will do",
                        OWNERSHIP,
                        "if (!row.next() || row.getLong(1) != epoch) {",
                        "if (!row.next()) {"),
                Mutation.of(
                        "the epoch is read without being held",
                        OWNERSHIP,
                        " WHERE migration = ? FOR SHARE\"",
                        " WHERE migration = ?\""),
                // The plan.
                Mutation.of(
                        "the first chunk begins above 0",
                        BACKFILL + "ChunkPlanner.java",
                        "furthest == null ? KeyRange.ALL :",
                        "furthest == null ? new KeyRange(0L, null) :"),
                Mutation.of(
                        "the last chunk ends at the highest key there was",
                        COPY,
                        "reader.read(connection, chunk.range(), window::insert);",
                        "reader.read(connection, chunk.range().upTo() != null || span == null || span.high() == null"
                                + " || chunk.range().above() != null && chunk.range().above() > span.high() ? chunk.range()"
                                + " : new KeyRange(chunk.range().above(), span.high()), window::insert);"),
                Mutation.of(
                        "chunks left over by an earlier process are forgotten",
                        COPY,
                        "            leftover.addAll(plan.uncopied());\n",
                        ""));
    }
}
