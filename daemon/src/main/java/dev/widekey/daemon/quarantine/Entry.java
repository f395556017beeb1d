package dev.widekey.daemon.quarantine;

import java.util.Optional;

/**
 * One row in quarantine.
 *
 * @param kind of the refusal, by name
 * @param code MySQL's number
 * @param reason the server's words without the row's content
 * @param firstSeen when the row was refused first, by the target's clock in UTC
 * @param lastSeen when it was refused last
 * @param times how often it was refused
 * @param acceptance the last that holds for this refusal
 */
public record Entry(
        long key,
        String kind,
        int code,
        String reason,
        String fingerprint,
        String firstSeen,
        String lastSeen,
        int times,
        Optional<Acceptance> acceptance) {

    @Override
    public String toString() {
        return key + " " + kind + " (" + reason + ")";
    }
}
