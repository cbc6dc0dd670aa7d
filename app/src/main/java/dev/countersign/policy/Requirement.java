package dev.countersign.policy;

import java.util.List;

/**
 * Who must say yes before an ask becomes an allow.
 *
 * @param from the document and rule that demand it
 * @param approvers e-mails, {@code role:NAME}, {@code role:NAME@TEAM} or {@code team:NAME}; empty
 *     means the driver or the owners
 * @param quorum how many of them
 * @param notRequester whether the driver does not count
 */
public record Requirement(
        String from, List<String> approvers, Quorum quorum, boolean notRequester) {
    public Requirement {
        approvers = List.copyOf(approvers);
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
