package dev.widekey.daemon.config;

import dev.widekey.daemon.config.DaemonConfig.FlagKey;
import dev.widekey.daemon.config.DaemonConfig.Source;
import dev.widekey.daemon.config.DaemonConfig.Target;
import dev.widekey.flags.Flag;
import dev.widekey.flags.Switch;
import dev.widekey.flags.outlet.ManualOutlet;
import java.util.Locale;
import java.util.Set;

/** What no key can be checked for alone. Confined to the thread that loads. */
final class CrossChecks {

    private static final Set<String> SYSTEM_SCHEMAS =
            Set.of("mysql", "sys", "information_schema", "performance_schema");

    /** The length of a name in django-waffle's tables. */
    private static final int WAFFLE_NAME = 100;

    private final Section source;
    private final Section target;
    private final Section flags;
    private final Section backfill;
    private final Section cutover;

    CrossChecks(Section source, Section target, Section flags, Section backfill, Section cutover) {
        this.source = source;
        this.target = target;
        this.flags = flags;
        this.backfill = backfill;
        this.cutover = cutover;
    }

    void run(DaemonConfig config) {
        Source from = config.source();
        Target to = config.target();
        boolean oneServer =
                !from.host().isEmpty() && from.host().equalsIgnoreCase(to.host()) && from.port() == to.port();
        if (oneServer && from.schema().equals(to.schema()) && from.table().equals(to.table())) {
            target.report(
                    "table",
                    "is the source table",
                    to.schema() + "." + to.table(),
                    "another table, schema or server than the source's");
        }
        if (to.stateSchema().equals(to.schema())) {
            target.report("state-schema", "is the target table's schema", to.stateSchema(), "a schema of its own");
        }
        if (oneServer && to.stateSchema().equals(from.schema())) {
            target.report("state-schema", "is the source table's schema", to.stateSchema(), "a schema of its own");
        }
        refuseSystemSchema(source, "schema", from.schema());
        refuseSystemSchema(target, "schema", to.schema());
        refuseSystemSchema(target, "state-schema", to.stateSchema());
        FlagKey write = config.flags().write();
        FlagKey read = config.flags().read();
        if (!write.name().isEmpty() && write.name().equals(read.name())) {
            flags.report("read", "has the name of the write flag", read.name(), "two flags with two names");
        }
        refuseOwnPrefix("write", write);
        refuseOwnPrefix("read", read);
        refuseLongName("write", write, config.flags().store());
        refuseLongName("read", read, config.flags().store());
        if (config.flags().store() instanceof FlagOutlet.Manual
                && config.cutover().mode() == CutoverMode.FENCED) {
            flags.report(
                    "store",
                    "keeps the application's writes refused until a person has answered",
                    "manual",
                    "any other store, or cutover.mode: rolling");
        }
        if (config.backfill().indexes() == Indexes.LATE && config.backfill().existingRows() == ExistingRows.KEEP) {
            backfill.report("indexes", "needs an empty target", "late", "keep, or existing-rows: refuse");
        }
        if (config.cutover().order() == CutoverOrder.WRITE_FIRST) {
            checkWriteFirst(config);
        }
    }

    /** The application reads and writes the target from the start on, so the target has to be fit for that. */
    private void checkWriteFirst(DaemonConfig config) {
        if (config.cutover().mode() != CutoverMode.ROLLING) {
            cutover.report(
                    "order",
                    "lets both tables take writes, which a fence forbids",
                    "write-first",
                    "parity-first, or mode: rolling");
        }
        if (config.backfill().indexes() == Indexes.LATE) {
            backfill.report(
                    "indexes",
                    "leaves the application that writes to the target at once without indexes",
                    "late",
                    "keep, or cutover.order: parity-first");
        }
        if (config.backfill().existingRows() == ExistingRows.KEEP) {
            backfill.report(
                    "existing-rows",
                    "shows readers of both tables rows that nobody has compared",
                    "keep",
                    "refuse, or cutover.order: parity-first");
        }
    }

    private static void refuseSystemSchema(Section section, String key, String schema) {
        if (SYSTEM_SCHEMAS.contains(schema.toLowerCase(Locale.ROOT))) {
            section.report(key, "belongs to MySQL itself", schema, "a schema for data");
        }
    }

    private void refuseLongName(String key, FlagKey flag, FlagOutlet outlet) {
        int most = outlet instanceof FlagOutlet.Waffle
                ? WAFFLE_NAME
                : outlet instanceof FlagOutlet.Manual ? ManualOutlet.longestName() : Flag.MAX_NAME;
        if (flag.name().length() > most) {
            flags.report(
                    key,
                    "has a name that is too long for this store",
                    flag.name().length() + " characters",
                    "at most " + most);
        }
    }

    private void refuseOwnPrefix(String key, FlagKey flag) {
        if (flag.name().startsWith(Switch.PREFIX)) {
            flags.report(
                    key,
                    "has a name reserved for the daemon's own switches",
                    flag.name(),
                    "a name that does not begin with " + Switch.PREFIX);
        }
    }
}
