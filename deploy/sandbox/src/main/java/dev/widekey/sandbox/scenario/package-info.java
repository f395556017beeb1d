/**
 * The acceptance scenario: a whole rolling migration of a history with anomalies, under load, kills, a restarted target and a network cut, with
 * every promise checked at the end.
 *
 * <p>{@link dev.widekey.sandbox.scenario.ScenarioE} is the command; {@code Given}, {@code When} and {@code Then} are its three parts.
 */
@NullMarked
package dev.widekey.sandbox.scenario;

import org.jspecify.annotations.NullMarked;
