/** Tests of the stream's values. */
package dev.widekey.cdc;
