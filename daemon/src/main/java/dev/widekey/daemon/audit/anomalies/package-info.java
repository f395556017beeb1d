/**
 * Classifies the source's rows before the copy: what is unusual, how many rows, and which.
 *
 * <p>The classes come from the two tables' definitions and from the operator; see {@link dev.widekey.daemon.audit.anomalies.AnomalyClass}. Nothing
 * is written anywhere.
 */
@NullMarked
package dev.widekey.daemon.audit.anomalies;

import org.jspecify.annotations.NullMarked;
