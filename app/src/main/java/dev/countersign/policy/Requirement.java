package dev.countersign.policy;

import java.time.Duration;
import java.util.List;

/**
 * Who must say yes before an ask becomes an allow.
 *
 * @param from the document and rule that demand it
 * @param approvers e-mails, {@code role:NAME}, {@code role:NAME@TEAM} or {@code team:NAME}; empty
 *     means the driver or the owners
 * @param quorum how many of them
 * @param notRequester whether the driver does not count, here and in every escalation
 * @param escalations who may answer in their place later, the first to come first
 * @param reached how many of the escalations have come; what policy says has none
 */
public record Requirement(
        String from,
        List<String> approvers,
        Quorum quorum,
        boolean notRequester,
        List<Escalation> escalations,
        int reached) {
    public Requirement {
        approvers = List.copyOf(approvers);
        escalations = List.copyOf(escalations);
        if (reached < 0 || reached > escalations.size()) {
            throw new IllegalArgumentException(reached + " of " + escalations.size());
        }
    }

    /** One that nobody else can meet later. */
    public Requirement(String from, List<String> approvers, Quorum quorum, boolean notRequester) {
        this(from, approvers, quorum, notRequester, List.of(), 0);
    }

    /** The same once the question has stood this long. */
    public Requirement after(Duration open) {
        int come =
                (int)
                        escalations.stream()
                                .takeWhile(step -> step.after().compareTo(open) <= 0)
                                .count();
        return come == reached ? this : withReached(come);
    }

    /** The same with every escalation come: who could answer at any time. */
    public Requirement atLast() {
        return withReached(escalations.size());
    }

    /** The same before any escalation has come: who is asked first. */
    public Requirement atFirst() {
        return withReached(0);
    }

    private Requirement withReached(int come) {
        return new Requirement(from, approvers, quorum, notRequester, escalations, come);
    }

    /** The same, and the driver does not count. */
    Requirement withoutDriver() {
        return new Requirement(from, approvers, quorum, true, escalations, reached);
    }

    /** How many of the named must agree. */
    public sealed interface Quorum {
        /** One vote of the union. */
        record Any() implements Quorum {}

        /** Every named person and one from each other source. */
        record All() implements Quorum {}

        /**
         * Different people of the union.
         *
         * @param count how many, at least 1
         */
        record AtLeast(int count) implements Quorum {}
    }
}
