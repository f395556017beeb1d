package dev.widekey.daemon.audit.anomalies;

import dev.widekey.daemon.preflight.Problem;
import java.util.List;

/** The server refuses conditions of the operator's. Carries every one of them. Immutable. */
public final class RefusedConditionsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    RefusedConditionsException(List<Problem> problems) {
        super(problems.size() + " conditions are refused");
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<Problem> problems() {
        return problems;
    }
}
