package dev.countersign.notify;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.audit.AuditRecord;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * That something happened to a question which people are told of. It is stored in the transaction
 * in which it happened.
 *
 * @param seq its place in the order of all of them; 0 before it is stored
 * @param approval the question
 * @param version the version of it that came of this
 * @param kind what happened
 * @param state where the question stood then
 * @param votes how many had answered then
 * @param at when
 */
public record Notice(
        long seq, String approval, int version, Kind kind, State state, int votes, Instant at) {

    /** What can happen to a question. */
    public enum Kind {
        OPENED,
        VOTED,
        ESCALATED,
        PASSED,
        ENDED;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Kind of(String wire) {
            return valueOf(wire.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * What a change of a question is told as; empty where nobody wants to know.
     *
     * @param next the question after it
     * @param event what the ledger says of it
     */
    public static Optional<Notice> of(ApprovalRequest next, AuditRecord event) {
        Optional<Kind> kind =
                switch (event.kind()) {
                    case "vote" -> Optional.of(Kind.VOTED);
                    case "escalation" -> Optional.of(Kind.ESCALATED);
                    default ->
                            event.body().path("event").asText().equals("passed")
                                    ? Optional.of(Kind.PASSED)
                                    // That it is tried again after a no, or used after a yes, is
                                    // for the pages.
                                    : event.body().has("tried_again")
                                                    || next.state() == State.PENDING
                                                    || next.state() == State.USED
                                            ? Optional.empty()
                                            : Optional.of(Kind.ENDED);
                };
        return kind.map(what -> of(next, what, event.at()));
    }

    /** That a question was put. */
    public static Notice opened(ApprovalRequest request) {
        return of(request, Kind.OPENED, request.asked());
    }

    private static Notice of(ApprovalRequest request, Kind kind, Instant at) {
        return new Notice(
                0,
                request.id(),
                request.version(),
                kind,
                request.state(),
                request.votes().size(),
                at);
    }

    /** Whether the question was over then. */
    public boolean over() {
        return state != State.PENDING;
    }
}
