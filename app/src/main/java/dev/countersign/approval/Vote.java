package dev.countersign.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One person's answer.
 *
 * @param person e-mail of the voter
 * @param approve yes or no
 * @param guidance words for the agent, may be empty
 * @param mayAskAgain of a no: whether the agent may try the same by other means and ask again
 * @param terms of a yes: how far it reaches
 * @param at when
 * @param breakGlass of an owner's yes that stands for everybody who is asked: why; else null
 * @param by where it was given if not here: such as {@code link}, or {@code slack:} with the
 *     channel and the account; else empty
 */
public record Vote(
        String person,
        boolean approve,
        String guidance,
        boolean mayAskAgain,
        Terms terms,
        Instant at,
        @Nullable String breakGlass,
        String by) {
    public Vote {
        if (breakGlass != null && (!approve || breakGlass.isBlank() || !terms.equals(Terms.ONCE))) {
            throw new IllegalArgumentException("a broken glass for more than one call, or no why");
        }
    }

    /** One that was given here. */
    public Vote(
            String person,
            boolean approve,
            String guidance,
            boolean mayAskAgain,
            Terms terms,
            Instant at,
            @Nullable String breakGlass) {
        this(person, approve, guidance, mayAskAgain, terms, at, breakGlass, "");
    }

    /** One like everybody's. */
    public Vote(
            String person,
            boolean approve,
            String guidance,
            boolean mayAskAgain,
            Terms terms,
            Instant at) {
        this(person, approve, guidance, mayAskAgain, terms, at, null);
    }

    /** What records say of it. */
    public void writeBrief(ObjectNode json) {
        json.put("person", person);
        json.put("answer", approve ? "approve" : "deny");
        json.put("at", at.toString());
        if (!by.isEmpty()) {
            json.put("by", by);
        }
        if (breakGlass != null) {
            json.put("break_glass", true);
            json.put("reason", breakGlass);
        }
    }

    /** An answer to this very call. */
    public Vote(String person, boolean approve, String guidance, boolean mayAskAgain, Instant at) {
        this(person, approve, guidance, mayAskAgain, Terms.ONCE, at);
    }
}
