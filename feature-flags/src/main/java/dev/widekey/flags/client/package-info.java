/**
 * What an application in Java uses to follow the two flags: it writes and reads where they say, acknowledges what it acts on,
 * and knows what to do when a side refuses a write.
 *
 * <pre>{@code
 * FlagStore flags = new JdbcFlagStore(statePool, "widekey", "csmh", WriteGuard.NONE);
 * Acknowledgements acks = new JdbcAcknowledgements(statePool, "widekey", "csmh");
 * Router router = Router.between(sourcePool, targetPool)
 *         .flags(
 *                 flags,
 *                 FlagName.of("ENABLE_CSMH_EXTENDED", true),
 *                 FlagName.of("ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES", false))
 *         .acknowledging(acks, "web-1")
 *         .start();
 *
 * long id = router.write(connection -> insert(connection, row)); // a new row
 * router.change(connection -> update(connection, id, grade)); // where the row was born
 * router.delete(connection -> delete(connection, id)); // wherever it is
 * List<Row> rows = router.read(connection -> select(connection, module), Row::id);
 *
 * router.close(); // takes the instance out
 * }</pre>
 *
 * <p>The entry type is {@link dev.widekey.flags.client.Router}; {@link dev.widekey.flags.client.FlagProvider} is for
 * applications that evaluate their flags through OpenFeature.
 */
@NullMarked
package dev.widekey.flags.client;

import org.jspecify.annotations.NullMarked;
