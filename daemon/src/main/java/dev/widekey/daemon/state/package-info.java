/**
 * The daemon's durable memory, kept in a schema of the target server so that rows and progress commit together: the migration and its phase,
 * who owns it, the plan of chunks, the stream's position.
 *
 * <p>Every table's key begins with the migration's id. Knows no binlog and no flags. The entry types are {@link
 * dev.widekey.daemon.state.StateSchema}, {@link dev.widekey.daemon.state.Ownership} and {@link dev.widekey.daemon.state.MigrationRecord}.
 */
@NullMarked
package dev.widekey.daemon.state;

import org.jspecify.annotations.NullMarked;
