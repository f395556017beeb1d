/**
 * The change stream read from the binlog by Debezium Embedded.
 *
 * <p>Owns the engine: its settings, its life, its records and what they mean. The only code that knows Debezium and Kafka
 * Connect. The entry type is {@link dev.widekey.cdc.debezium.DebeziumChangeFeed}.
 */
@NullMarked
package dev.widekey.cdc.debezium;

import org.jspecify.annotations.NullMarked;
