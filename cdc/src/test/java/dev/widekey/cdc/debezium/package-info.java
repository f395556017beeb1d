/** Tests of the stream read by Debezium Embedded. */
package dev.widekey.cdc.debezium;
