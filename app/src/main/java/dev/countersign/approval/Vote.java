package dev.countersign.approval;

import java.time.Instant;

/**
 * One person's answer.
 *
 * @param person e-mail of the voter
 * @param approve yes or no
 * @param guidance words for the agent, may be empty
 * @param mayAskAgain of a no: whether the agent may try the same by other means and ask again
 * @param terms of a yes: how far it reaches
 * @param at when
 */
public record Vote(
        String person,
        boolean approve,
        String guidance,
        boolean mayAskAgain,
        Terms terms,
        Instant at) {
    /** An answer to this very call. */
    public Vote(String person, boolean approve, String guidance, boolean mayAskAgain, Instant at) {
        this(person, approve, guidance, mayAskAgain, Terms.ONCE, at);
    }
}
