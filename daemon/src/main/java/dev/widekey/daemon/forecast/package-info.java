/**
 * What is to be expected at the rates measured: when the source's key runs out of ids, who else holds its values in fewer than 64 bits, and whether a server
 * keeps its binlog for as long as the stream needs it.
 *
 * <p>Owns the looks at the servers for that, and the arithmetic. Knows neither phases nor how rows are moved. The entry types are
 * {@link dev.widekey.daemon.forecast.Forecasts}, while the daemon runs, and {@link dev.widekey.daemon.forecast.ForecastReport}, for a command.
 */
@NullMarked
package dev.widekey.daemon.forecast;

import org.jspecify.annotations.NullMarked;
