package dev.widekey.daemon.preflight;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the server says an account may do, its active roles included. Immutable.
 *
 * @param account the account as a statement names it
 */
record Grants(String account, List<Grant> grants) {

    /** Quoted as the session's SQL mode and {@code sql_quote_show_create} have it. */
    private static final String NAME = "(\\*|`(?:[^`]|``)+`|\"(?:[^\"]|\"\")+\"|[^`\". ]+)";

    private static final Pattern LINE =
            Pattern.compile("(GRANT|REVOKE) (.+) ON (?:TABLE )?" + NAME + "\\." + NAME + " (?:TO|FROM) .*");

    /** A privilege limited to columns, which covers no whole row. */
    private static final Pattern COLUMN_PRIVILEGE = Pattern.compile("[A-Z ]+ \\([^)]*\\)");

    /** One line of the server's answer. */
    record Grant(boolean revoked, Set<String> privileges, Optional<String> schema, Optional<String> table) {

        private boolean gives(String privilege) {
            return privileges.contains(privilege) || privileges.contains("ALL PRIVILEGES");
        }

        private boolean covers(String otherSchema, String otherTable) {
            boolean schemaMatches =
                    schema.isEmpty() || (table.isPresent() ? schema.get().equals(otherSchema) : like(otherSchema));
            return schemaMatches && (table.isEmpty() || table.get().equals(otherTable));
        }

        /** Schema names in grants are patterns. */
        private boolean like(String name) {
            StringBuilder regex = new StringBuilder();
            String pattern = schema.orElse("%");
            for (int i = 0; i < pattern.length(); i++) {
                char c = pattern.charAt(i);
                if (c == '\\' && i + 1 < pattern.length()) {
                    regex.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
                } else if (c == '%' || c == '_') {
                    regex.append(c == '%' ? ".*" : ".");
                } else {
                    regex.append(Pattern.quote(String.valueOf(c)));
                }
            }
            return name.matches(regex.toString());
        }
    }

    Grants {
        grants = List.copyOf(grants);
    }

    static Grants read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String account = one(statement, "SELECT CURRENT_USER()");
            String roles = one(statement, "SELECT CURRENT_ROLE()");
            String using = roles.equals("NONE") ? "" : " USING " + roles;
            List<String> lines = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery("SHOW GRANTS FOR CURRENT_USER()" + using)) {
                while (rows.next()) {
                    lines.add(rows.getString(1));
                }
            }
            int at = account.lastIndexOf('@');
            return parse("'" + account.substring(0, at) + "'@'" + account.substring(at + 1) + "'", lines);
        }
    }

    private static String one(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Understands the lines of SHOW GRANTS; lines that give no privilege on data are left out. */
    static Grants parse(String account, List<String> lines) {
        List<Grant> grants = new ArrayList<>();
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                String privileges = COLUMN_PRIVILEGE.matcher(matcher.group(2)).replaceAll("");
                grants.add(new Grant(
                        matcher.group(1).equals("REVOKE"),
                        Arrays.stream(privileges.split(",", -1))
                                .map(privilege -> privilege.strip().toUpperCase(Locale.ROOT))
                                .filter(privilege -> !privilege.isEmpty())
                                .collect(Collectors.toUnmodifiableSet()),
                        name(matcher.group(3)),
                        name(matcher.group(4))));
            }
        }
        return new Grants(account, grants);
    }

    private static Optional<String> name(String written) {
        if (written.equals("*")) {
            return Optional.empty();
        }
        String quote = written.substring(0, 1);
        boolean isQuoted = quote.equals("`") || quote.equals("\"");
        return Optional.of(
                isQuoted ? written.substring(1, written.length() - 1).replace(quote + quote, quote) : written);
    }

    /** Whether the account has a privilege of the whole server. */
    boolean hasGlobal(String privilege) {
        return grants.stream()
                .anyMatch(grant -> !grant.revoked() && grant.schema().isEmpty() && grant.gives(privilege));
    }

    /** Whether the account has a privilege on every table of a schema. */
    boolean hasOnSchema(String privilege, String schema) {
        return has(privilege, schema, "");
    }

    /** Whether the account has a privilege on one table. */
    boolean hasOnTable(String privilege, String schema, String table) {
        return has(privilege, schema, table);
    }

    private boolean has(String privilege, String schema, String table) {
        // A partial revoke takes back what a grant on the whole server gives, in one schema.
        boolean revoked = grants.stream()
                .anyMatch(grant -> grant.revoked() && grant.gives(privilege) && grant.covers(schema, table));
        return grants.stream()
                .anyMatch(grant -> !grant.revoked()
                        && grant.gives(privilege)
                        && grant.covers(schema, table)
                        && !(revoked && grant.schema().isEmpty()));
    }
}
