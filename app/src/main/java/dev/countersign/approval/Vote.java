package dev.countersign.approval;

import java.time.Instant;

/**
 * One person's answer.
 *
 * @param person e-mail of the voter
 * @param approve yes or no
 * @param guidance words for the agent, may be empty
 * @param at when
 */
public record Vote(String person, boolean approve, String guidance, Instant at) {}
