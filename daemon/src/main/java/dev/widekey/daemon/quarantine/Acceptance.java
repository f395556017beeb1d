package dev.widekey.daemon.quarantine;

/**
 * A person's word that a row may stay behind.
 *
 * @param fingerprint what was accepted: the row refused for another reason is not
 * @param kind of the refusal, by name
 * @param reason the server's words then
 * @param by who accepted
 * @param why in their words
 * @param at when, by the target's clock in UTC
 */
public record Acceptance(long key, String fingerprint, String kind, String reason, String by, String why, String at) {}
