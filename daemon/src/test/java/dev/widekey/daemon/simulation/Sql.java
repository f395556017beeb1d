package dev.widekey.daemon.simulation;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement the simulated servers understand. They understand those the code sends and no other, so that a statement nobody has thought through
 * cannot pass unnoticed.
 *
 * @param options what differs among statements of one shape, as the text has it; empty strings for what is absent
 */
record Sql(Shape shape, List<String> options) {
    private static final Map<String, Sql> KNOWN = new ConcurrentHashMap<>();

    /** Every statement there is. */
    enum Shape {
        KEY_SPAN("SELECT MIN\\(`id`\\), MAX\\(`id`\\) FROM `s`\\.`t`"),
        BOUND("SELECT `id` FROM `s`\\.`t`( WHERE `id` (?:>|<=) \\?)? ORDER BY `id`( DESC)? LIMIT 1 OFFSET \\?"),
        READ_CHUNK("SELECT `id`, `v` FROM `s`\\.`t` WHERE TRUE( AND `id` > \\?)?( AND `id` <= \\?)? ORDER BY `id`"),
        WAIT_FOR_GTIDS("SELECT WAIT_FOR_EXECUTED_GTID_SET\\(\\?, 10\\)"),
        MARK("INSERT INTO `w`\\.marker .*"),
        SERVER_UUID("SELECT @@server_uuid"),
        GTID_MODE("SELECT @@global.gtid_mode"),
        GTID_EXECUTED("SELECT @@global.gtid_executed"),
        END_OF_LOG("SHOW MASTER STATUS"),
        COLUMNS("SELECT COLUMN_NAME, .*information_schema.COLUMNS.*"),
        CONNECTION_ID("SELECT CONNECTION_ID\\(\\)"),
        EPOCH("SELECT epoch FROM `w`\\.owner WHERE migration = \\?( FOR SHARE)?"),
        INSERT_ROWS("INSERT INTO `d`\\.`t` \\(`id`, `v`\\) VALUES .* AS new ON DUPLICATE KEY UPDATE (.*)"),
        DELETE_ROWS("DELETE FROM `d`\\.`t` WHERE `id` IN \\(.*\\)"),
        PRESENT("SELECT `id` FROM `d`\\.`t` WHERE `id` IN \\(.*\\)( FOR SHARE)?"),
        ENTRIES("SELECT row_key, fingerprint FROM `w`\\.quarantine WHERE migration = \\?"),
        HELD(
                "SELECT row_key FROM `w`\\.quarantine WHERE migration = \\?( AND row_key > \\?)?( AND row_key <= \\?)?( FOR SHARE)?"),
        ENTER("INSERT INTO `w`\\.quarantine .* ON DUPLICATE KEY UPDATE kind = new.kind, .*"),
        LEAVE("DELETE FROM `w`\\.quarantine WHERE migration = \\? AND row_key IN \\(.*\\)"),
        PLAN_CHUNK("INSERT INTO `w`\\.chunk .* ON DUPLICATE KEY UPDATE number = number"),
        RECORD_CHUNK("UPDATE `w`\\.chunk SET copied = 1, .* WHERE migration = \\? AND number = \\?( AND copied = 0)?"),
        LAST_CHUNK("SELECT number, above, up_to FROM `w`\\.chunk WHERE migration = \\? ORDER BY number DESC LIMIT 1"),
        FURTHEST_CHUNK(
                "SELECT number, above, up_to FROM `w`\\.chunk WHERE migration = \\? ORDER BY (up_to|above) IS NULL DESC, .* LIMIT 1"),
        UNCOPIED_CHUNKS(
                "SELECT number, above, up_to FROM `w`\\.chunk WHERE migration = \\? AND copied = 0 ORDER BY number"),
        IS_COPIED("SELECT copied FROM `w`\\.chunk WHERE migration = \\? AND number = \\?( FOR UPDATE)?"),
        WRITE_POSITION("INSERT INTO `w`\\.stream VALUES .* ON DUPLICATE KEY UPDATE position = new.position, .*"),
        ANNOUNCE("UPDATE `w`\\.stream SET delivered = \\? WHERE migration = \\?"),
        READ_POSITION("SELECT position, delivered FROM `w`\\.stream WHERE migration = \\?"),
        SET_SESSION("SET SESSION wait_timeout = \\d+"),
        GET_LOCK("SELECT GET_LOCK\\(\\?, \\?\\)"),
        LEASE("SELECT holder, TIMESTAMPDIFF.* FROM `w`\\.lease WHERE migration = \\?"),
        OTHER_CONNECTIONS("SELECT other.processlist_id FROM performance_schema.session_account_connect_attrs mine .*"),
        OWN_CONNECTION("SELECT 1 FROM performance_schema.session_account_connect_attrs WHERE .*"),
        KILL("KILL (\\d+)"),
        RAISE_EPOCH("INSERT INTO `w`\\.owner VALUES \\(\\?, 1\\) ON DUPLICATE KEY UPDATE epoch = epoch \\+ 1"),
        WRITE_LEASE("REPLACE INTO `w`\\.lease VALUES .*");

        private final Pattern pattern;

        Shape(String pattern) {
            this.pattern = Pattern.compile(pattern, Pattern.DOTALL);
        }

        /** Whether a server that is read-only refuses it. */
        boolean writes() {
            return switch (this) {
                case INSERT_ROWS,
                        DELETE_ROWS,
                        ENTER,
                        LEAVE,
                        PLAN_CHUNK,
                        RECORD_CHUNK,
                        WRITE_POSITION,
                        ANNOUNCE,
                        RAISE_EPOCH,
                        WRITE_LEASE -> true;
                default -> false;
            };
        }
    }

    static Sql of(String text) {
        return KNOWN.computeIfAbsent(text, Sql::parse);
    }

    private static Sql parse(String text) {
        for (Shape shape : Shape.values()) {
            Matcher matcher = shape.pattern.matcher(text);
            if (matcher.matches()) {
                String[] options = new String[matcher.groupCount()];
                for (int i = 0; i < options.length; i++) {
                    options[i] = matcher.group(i + 1) == null ? "" : matcher.group(i + 1);
                }
                return new Sql(shape, List.of(options));
            }
        }
        throw new AssertionError("the simulated servers do not know this statement: " + text);
    }

    /** Whether the optional part is there. */
    boolean has(int option) {
        return !options.get(option).isEmpty();
    }
}
