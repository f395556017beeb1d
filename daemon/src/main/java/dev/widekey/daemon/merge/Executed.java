package dev.widekey.daemon.merge;

import dev.widekey.backfill.Chunk;
import dev.widekey.cdc.Gtids;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;

/** The visibility wait on a server with GTIDs: until it has executed what was delivered. Stateless. */
final class Executed implements Visibility {

    @Override
    public void await(Connection source, Chunk chunk, Gtids delivered) throws SQLException {
        if (delivered.isEmpty()) {
            return;
        }
        try (PreparedStatement wait = source.prepareStatement("SELECT WAIT_FOR_EXECUTED_GTID_SET(?, 10)")) {
            wait.setString(1, delivered.toString());
            try (ResultSet row = wait.executeQuery()) {
                if (!row.next() || row.getInt(1) != 0) {
                    throw new SQLTransientException(
                            "what the stream delivered is not readable on the source after 10 s; what waits for it ("
                                    + chunk + ") starts over");
                }
            }
        }
    }

    @Override
    public void confirm(Connection source, Chunk chunk, Gtids delivered) throws SQLException {
        await(source, chunk, delivered);
    }
}
