package dev.widekey.daemon.quarantine;

import com.mysql.cj.jdbc.exceptions.PacketTooBigException;
import dev.widekey.daemon.fence.Fence;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What the target said about one row.
 *
 * @param key the row's primary key
 * @param code MySQL's number for it; 0 when the driver refused the row by itself
 * @param reason the server's words without the row's content
 */
public record Refusal(long key, Kind kind, int code, String reason) {
    private static final int MOST_WORDS = 500;

    /** Why rows are refused; stored by name. Error numbers are those of MySQL's server error message reference. */
    public enum Kind {
        /** A value is longer than its column. */
        TOO_LONG,
        /** A number is outside its column's range. */
        OUT_OF_RANGE,
        /** A value cannot be what its column holds: a character, a date, a label, a document. */
        NOT_CONVERTIBLE,
        /** NULL where the column allows none. */
        NULL_NOT_ALLOWED,
        /** The row does not fit into a packet or a page. */
        TOO_LARGE,
        /** A check, a trigger or a foreign key of the target says no. */
        CONSTRAINT,
        /** The server has another reason, which is about the row all the same. */
        OTHER;

        private static Optional<Kind> of(SQLException said) {
            if (said instanceof PacketTooBigException) {
                return Optional.of(TOO_LARGE);
            }
            if (said.getErrorCode() == Fence.REFUSED
                    && String.valueOf(said.getMessage()).startsWith(Fence.MESSAGE)) {
                // A fence says no to a session, whatever the row.
                return Optional.empty();
            }
            return switch (said.getErrorCode()) {
                case 1406 -> Optional.of(TOO_LONG);
                case 1264, 1690 -> Optional.of(OUT_OF_RANGE);
                case 1265, 1292, 1366, 1411, 1525, 3140, 3141, 3144, 3156, 3157, 3854, 3988 ->
                    Optional.of(NOT_CONVERTIBLE);
                case 1048, 1263 -> Optional.of(NULL_NOT_ALLOWED);
                case 1118, 1153 -> Optional.of(TOO_LARGE);
                case 1451, 1452, 1644, 3819 -> Optional.of(CONSTRAINT);
                // Data exceptions, and what a trigger says in words of its own.
                default -> {
                    String state = String.valueOf(said.getSQLState());
                    yield state.startsWith("22") || state.startsWith("45") ? Optional.of(OTHER) : Optional.empty();
                }
            };
        }
    }

    /** What a server said to the row with this key; empty when it said nothing about the row. */
    public static Optional<Refusal> of(long key, SQLException said) {
        return Kind.of(said)
                .map(kind -> new Refusal(key, kind, said.getErrorCode(), words(String.valueOf(said.getMessage()))));
    }

    /** The server quotes the value it does not like, and says at which row of the statement it was; neither is the row's reason. */
    private static String words(String said) {
        String words = said.replaceAll("(?s): ['\"].*['\"] for ", " for ")
                .replaceAll("(?s)text: \".*\" at position \\d+", "text")
                .replaceAll(" at row \\d+", "")
                .replaceAll("\\p{Cntrl}", " ");
        return words.length() > MOST_WORDS ? words.substring(0, MOST_WORDS) + "..." : words;
    }

    /** The same for the same row as long as it is refused for the same reason; numbers in the words do not count. */
    public String fingerprint() {
        String text = key + "/" + kind + "/" + code + "/" + reason.replaceAll("\\d+", "N");
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    @Override
    public String toString() {
        return key + " " + kind + " (" + reason + ")";
    }
}
