package dev.widekey.daemon.preflight;

import dev.widekey.daemon.preflight.Problem.Code;
import java.util.ArrayList;
import java.util.List;

/** What the daemon's account must be allowed to do on each side. Pure. */
final class PrivilegeChecks {

    static final List<String> SOURCE_GLOBAL = List.of("REPLICATION SLAVE", "REPLICATION CLIENT");
    static final List<String> SOURCE_TABLE = List.of("SELECT");
    static final List<String> SOURCE_MARKER = List.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE");
    static final List<String> TARGET_TABLE = List.of("SELECT", "INSERT", "UPDATE", "DELETE", "ALTER", "TRIGGER");
    static final List<String> TARGET_STATE = List.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE");

    /** The history list length is told to nobody without it. */
    static final String SIGNALS = "PROCESS";

    private static final String ROLL = " or cutover.mode: rolling in the configuration";
    private static final String STAY = " or cutover.rollback: false in the configuration";

    private final Side side;
    private final Grants grants;
    private final List<Problem> found = new ArrayList<>();

    private PrivilegeChecks(Side side, Grants grants) {
        this.side = side;
        this.grants = grants;
    }

    /**
     * @param markerSchema where the marker table is, used only without GTIDs
     * @param signals whether the daemon follows the server's state
     */
    static List<Problem> source(Side side, Grants grants, boolean hasGtids, String markerSchema, boolean signals) {
        PrivilegeChecks checks = new PrivilegeChecks(side, grants);
        for (String privilege : SOURCE_GLOBAL) {
            if (!grants.hasGlobal(privilege)) {
                checks.add(privilege, "*.*", "");
            }
        }
        checks.forSignals(signals);
        checks.onTable(SOURCE_TABLE);
        if (!hasGtids) {
            checks.onSchema(SOURCE_MARKER, markerSchema);
        }
        return checks.found;
    }

    static List<Problem> target(Side side, Grants grants, String stateSchema, boolean signals) {
        PrivilegeChecks checks = new PrivilegeChecks(side, grants);
        checks.forSignals(signals);
        checks.onTable(TARGET_TABLE);
        checks.onSchema(TARGET_STATE, stateSchema);
        return checks.found;
    }

    /** What the fence of a table takes. LOCK TABLES is given for a whole schema only. */
    static List<Problem> fence(Side side, Grants grants) {
        PrivilegeChecks checks = new PrivilegeChecks(side, grants);
        if (!grants.hasOnTable("TRIGGER", side.schema(), side.table())) {
            checks.add("TRIGGER", side.quoted(), ROLL);
        }
        if (!grants.hasOnSchema("LOCK TABLES", side.schema())) {
            checks.add("LOCK TABLES", Side.quoted(side.schema()) + ".*", ROLL);
        }
        return checks.found;
    }

    /** What it takes to write rows back to the source. */
    static List<Problem> writtenBack(Side side, Grants grants, String stateSchema) {
        PrivilegeChecks checks = new PrivilegeChecks(side, grants);
        for (String privilege : List.of("INSERT", "UPDATE", "DELETE", "ALTER")) {
            if (!grants.hasOnTable(privilege, side.schema(), side.table())) {
                checks.add(privilege, side.quoted(), STAY);
            }
        }
        for (String privilege : TARGET_STATE) {
            if (!grants.hasOnSchema(privilege, stateSchema)) {
                checks.add(privilege, Side.quoted(stateSchema) + ".*", STAY);
            }
        }
        return checks.found;
    }

    /** What it takes to read the target's log. */
    static List<Problem> readBack(Side side, Grants grants) {
        PrivilegeChecks checks = new PrivilegeChecks(side, grants);
        for (String privilege : SOURCE_GLOBAL) {
            if (!grants.hasGlobal(privilege)) {
                checks.add(privilege, "*.*", STAY);
            }
        }
        return checks.found;
    }

    private void forSignals(boolean signals) {
        if (signals && !grants.hasGlobal(SIGNALS)) {
            add(SIGNALS, "*.*", " or throttle.mode: off in the configuration");
        }
    }

    private void onTable(List<String> privileges) {
        for (String privilege : privileges) {
            if (!grants.hasOnTable(privilege, side.schema(), side.table())) {
                add(privilege, side.quoted(), " or correct schema and table in the configuration");
            }
        }
    }

    private void onSchema(List<String> privileges, String schema) {
        for (String privilege : privileges) {
            if (!grants.hasOnSchema(privilege, schema)) {
                add(privilege, Side.quoted(schema) + ".*", "");
            }
        }
    }

    private void add(String privilege, String object, String otherwise) {
        found.add(new Problem(
                Code.MISSING_PRIVILEGE,
                grants.account() + " lacks " + privilege + " on " + object.replace("`", ""),
                side.where(),
                "GRANT " + privilege + " ON " + object + " TO " + grants.account() + ";" + otherwise));
    }
}
