package dev.widekey.daemon.audit.anomalies;

import static dev.widekey.daemon.audit.AuditedTable.quoted;

import dev.widekey.daemon.table.Column;
import dev.widekey.daemon.table.Compatibility;
import dev.widekey.daemon.table.Overflow;
import dev.widekey.daemon.table.Question;
import dev.widekey.daemon.table.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The classes that follow from the two tables' definitions. Stateless. */
public final class BuiltInClasses {
    private static final Set<String> DATES = Set.of("date", "datetime", "timestamp");
    private static final String MOVED = "moved as they are";

    /** What a packet holds beside a row's values, at most. */
    private static final long ENVELOPE = 1024;

    private BuiltInClasses() {}

    /**
     * The classes for rows that move from the one table to the other.
     *
     * @param fit of the two; it has a key
     * @param packet the target's {@code max_allowed_packet}, in bytes
     */
    public static List<AnomalyClass> of(
            TableDefinition source, TableDefinition target, Compatibility fit, long packet) {
        List<AnomalyClass> classes = new ArrayList<>();
        String key = fit.key().orElseThrow();
        classes.add(AnomalyClass.builtIn("zero-key", quoted(key) + " = 0", MOVED));
        if (!source.column(key).orElseThrow().unsigned() && !isAsked(fit, key)) {
            classes.add(AnomalyClass.builtIn("negative-key", quoted(key) + " < 0", MOVED));
        }
        for (Question question : fit.questions()) {
            classes.add(unmovable(question));
        }
        for (Question question : Overflow.of(source, target)) {
            classes.add(unmovable(question));
        }
        for (String name : fit.columns()) {
            Column column = source.column(name).orElseThrow();
            if (DATES.contains(column.dataType())) {
                dates(column, classes);
            }
        }
        String bytes = fit.columns().stream()
                .map(name -> "COALESCE(LENGTH(" + quoted(name) + "), 0)")
                .collect(Collectors.joining(" + "));
        classes.add(AnomalyClass.builtIn(
                "too-large",
                bytes + " > " + (packet - ENVELOPE),
                "cannot be moved: larger than the target's max_allowed_packet of " + packet
                        + " bytes has room for; fix: set it larger, or change the rows"));
        return classes;
    }

    private static boolean isAsked(Compatibility fit, String key) {
        return fit.questions().stream()
                .anyMatch(question -> question.kind() == Question.Kind.NEGATIVE_VALUES
                        && question.column().equals(key));
    }

    private static AnomalyClass unmovable(Question question) {
        String kind = question.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return AnomalyClass.builtIn(
                kind + " " + question.column(),
                question.condition(),
                "cannot be moved: " + question.what() + "; fix: " + question.fix());
    }

    private static void dates(Column column, List<AnomalyClass> classes) {
        String value = quoted(column.name());
        String year = "YEAR(" + value + ")";
        String month = "MONTH(" + value + ")";
        String day = "DAYOFMONTH(" + value + ")";
        classes.add(AnomalyClass.builtIn(
                "zero-date " + column.name(), year + " = 0 AND " + month + " = 0 AND " + day + " = 0", MOVED));
        if (!column.dataType().equals("timestamp")) {
            classes.add(AnomalyClass.builtIn(
                    "zero-in-date " + column.name(),
                    "(" + year + " = 0 OR " + month + " = 0 OR " + day + " = 0) AND NOT (" + year + " = 0 AND " + month
                            + " = 0 AND " + day + " = 0)",
                    MOVED));
        }
    }
}
