package dev.widekey.daemon;

import java.util.List;

/**
 * One source type, the target's column for it, and the values at its edges.
 *
 * @param group cases of one group share a table
 * @param name heading in the page of types
 * @param from the source column's definition
 * @param to the target column's definition
 * @param sourceForm SQL over the source's column {@code %s}, with the bytes the target's form must have
 * @param targetForm SQL over the target's column {@code %s}
 * @param values SQL literals, as the application would write them
 * @param planted SQL that makes of the target's column {@code %s} a value next to it
 */
record TypeCase(
        String group,
        String name,
        String from,
        String to,
        String sourceForm,
        String targetForm,
        List<String> values,
        String planted) {

    static TypeCase of(String group, String name, String type, String form, String planted, List<String> values) {
        return new TypeCase(group, name, type, type, form, form, values, planted);
    }

    /** The same values in another column on the target. */
    TypeCase into(String type, String sourceForm, String targetForm) {
        return new TypeCase(group, name, from, type, sourceForm, targetForm, values, planted);
    }

    @Override
    public String toString() {
        return from.equals(to) ? from : from + " -> " + to;
    }
}
