package dev.countersign.policy;

import java.time.Duration;
import java.util.List;

/**
 * Who may answer in the place of the people asked first, once these have been silent for a time.
 *
 * @param after how long the question has stood by then
 * @param approvers e-mails, {@code role:NAME}, {@code role:NAME@TEAM} or {@code team:NAME}; at
 *     least one
 * @param quorum how many of them
 */
public record Escalation(Duration after, List<String> approvers, Requirement.Quorum quorum) {
    public Escalation {
        approvers = List.copyOf(approvers);
    }
}
