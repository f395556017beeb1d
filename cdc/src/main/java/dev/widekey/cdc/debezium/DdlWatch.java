package dev.widekey.cdc.debezium;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells the DDL that changes the captured table from the DDL that does not. Stateless.
 *
 * <p>Whatever names the table and is not known to be harmless is taken for a change.
 */
final class DdlWatch {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;

    private static final Pattern COMMENT = Pattern.compile("/\\*(?!!).*?\\*/|--\\s[^\\n]*|#[^\\n]*", FLAGS);

    /** Objects beside the table, and statements that leave its rows and columns alone. */
    private static final String BESIDE =
            "\\s*(?:(?:CREATE|DROP|ALTER)\\s+(?:OR\\s+REPLACE\\s+)?(?:ALGORITHM\\s*=\\s*\\w+\\s+)?"
                    + "(?:DEFINER\\s*=\\s*\\S+\\s+)?(?:SQL\\s+SECURITY\\s+\\w+\\s+)?"
                    + "(?:TRIGGER|VIEW|PROCEDURE|FUNCTION|EVENT|USER|ROLE)"
                    + "|ANALYZE|OPTIMIZE|REPAIR|CHECK|FLUSH|GRANT|REVOKE)\\b.*";

    private static final Pattern HARMLESS = Pattern.compile(
            BESIDE + "|\\s*CREATE\\s+(?:(?:UNIQUE|FULLTEXT|SPATIAL)\\s+)?INDEX\\b.*|\\s*DROP\\s+INDEX\\b.*", FLAGS);

    private static final Pattern DROP_DATABASE =
            Pattern.compile("\\s*DROP\\s+(?:DATABASE|SCHEMA)\\s+(?:IF\\s+EXISTS\\s+)?[`\"]?([^`\";\\s]+).*", FLAGS);

    private static final Pattern CREATE_TABLE = Pattern.compile(
            "\\s*CREATE\\s+(?:TEMPORARY\\s+)?TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?"
                    + "(?:[`\"]?([^`\".\\s(]+)[`\"]?\\s*\\.\\s*)?[`\"]?([^`\".\\s(]+)[`\"]?.*",
            FLAGS);

    private static final Pattern ALTER_TABLE = Pattern.compile(
            "\\s*ALTER\\s+TABLE\\s+(?:[`\"]?[^`\".\\s]+[`\"]?\\s*\\.\\s*)?[`\"]?[^`\".\\s]+[`\"]?\\s+(.*)", FLAGS);

    private static final Pattern HARMLESS_CLAUSE = Pattern.compile(
            "\\s*(?:AUTO_INCREMENT\\s*=?\\s*\\d+|(?:ALGORITHM|LOCK)\\s*=?\\s*\\w+"
                    + "|ADD\\s+(?:(?:UNIQUE|FULLTEXT|SPATIAL)\\s+)?(?:INDEX|KEY)\\b.*"
                    + "|(?:DROP|RENAME|ALTER)\\s+(?:INDEX|KEY)\\b.*)\\s*;?\\s*",
            FLAGS);

    private final String schema;
    private final String table;
    private final Pattern mention;

    DdlWatch(String schema, String table) {
        this.schema = schema;
        this.table = table;
        this.mention = Pattern.compile(
                "(?:([\\w$]+)[`\"]?\\s*\\.\\s*[`\"]?)?(?<![\\w$])" + Pattern.quote(table) + "(?![\\w$])", FLAGS);
    }

    /**
     * The regular expressions, comma-separated, of statements the engine need not even parse. A statement it cannot parse ends the
     * stream, and those of other tables are none of its business.
     */
    String engineFilter() {
        String name = "(?<![\\w$])" + literal(table) + "(?![\\w$])";
        String dropsDatabase = "DROP\\s+(?:DATABASE|SCHEMA)\\b.*" + literal(schema);
        return "(?!.*" + name + ")(?!.*" + dropsDatabase + ").*," + BESIDE;
    }

    /** A regular expression for exactly this text, without any character that separates lists of them. */
    static String literal(String text) {
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = c == '_' || (c < 128 && Character.isLetterOrDigit(c));
            pattern.append(plain ? String.valueOf(c) : String.format("\\u%04X", (int) c));
        }
        return pattern.toString();
    }

    /** Whether the table may not be what it was before the statement. */
    boolean changesTable(@Nullable String database, String ddl) {
        String statement = COMMENT.matcher(ddl).replaceAll(" ");
        Matcher drop = DROP_DATABASE.matcher(statement);
        if (drop.matches()) {
            return drop.group(1).equalsIgnoreCase(schema);
        }
        if (!mentions(database, statement) || HARMLESS.matcher(statement).matches()) {
            return false;
        }
        Matcher create = CREATE_TABLE.matcher(statement);
        if (create.matches()) {
            return create.group(2).equalsIgnoreCase(table) && isOurs(create.group(1), database);
        }
        Matcher alter = ALTER_TABLE.matcher(statement);
        return !alter.matches()
                || !clauses(alter.group(1)).stream()
                        .allMatch(clause -> HARMLESS_CLAUSE.matcher(clause).matches());
    }

    /** Whether a statement of unknown database names the table. */
    boolean mentionsTable(String statement) {
        return mentions(null, statement);
    }

    private boolean mentions(@Nullable String database, String statement) {
        Matcher found = mention.matcher(statement);
        while (found.find()) {
            if (isOurs(found.group(1), database)) {
                return true;
            }
        }
        return false;
    }

    private boolean isOurs(@Nullable String qualifier, @Nullable String database) {
        String owner = qualifier != null ? qualifier : database;
        return owner == null || owner.isEmpty() || owner.equalsIgnoreCase(schema);
    }

    /** Splits at commas outside parentheses; a comma inside quotes splits too, which can only make a clause look unknown. */
    private static List<String> clauses(String text) {
        List<String> clauses = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                clauses.add(text.substring(from, i));
                from = i + 1;
            }
        }
        clauses.add(text.substring(from));
        return clauses;
    }
}
