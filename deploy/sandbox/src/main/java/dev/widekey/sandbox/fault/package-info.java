/**
 * Faults on the way to a server: a proxy that reads MySQL's packets and does harm at a chosen moment.
 *
 * <p>Knows no table and no daemon. The entry type is {@link dev.widekey.sandbox.fault.FaultProxy}.
 */
@NullMarked
package dev.widekey.sandbox.fault;

import org.jspecify.annotations.NullMarked;
