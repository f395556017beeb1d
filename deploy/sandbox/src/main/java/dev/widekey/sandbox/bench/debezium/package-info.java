/**
 * What a JVM user would build with Debezium alone: its incremental snapshot with batched upserts, and its stream with a consumer that does nothing. Runs as a
 * process of its own, {@link dev.widekey.sandbox.bench.debezium.EngineProgram}.
 */
@NullMarked
package dev.widekey.sandbox.bench.debezium;

import org.jspecify.annotations.NullMarked;
