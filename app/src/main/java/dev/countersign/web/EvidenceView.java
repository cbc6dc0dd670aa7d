package dev.countersign.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What helps a person to decide, beside the call itself.
 *
 * @param effects what it does to the world
 * @param quorum who must agree, and who has
 * @param task the piece of work, drawn; empty where it has no name
 * @param taskHref its page, or empty
 * @param before what the same work asked for before, the last first
 * @param words what a person last said to the agent, drawn; may be empty
 * @param said when, or null
 * @param alike what people answered to the like before
 * @param after what became of it, or null
 * @param passes to whom it may be passed, and to whom it was
 */
public record EvidenceView(
        EffectsView effects,
        List<Quorum> quorum,
        List<Drawing.Piece> task,
        String taskHref,
        List<ActivityView.Row> before,
        List<Drawing.Piece> words,
        @Nullable Moment said,
        Alike alike,
        @Nullable After after,
        Passes passes) {

    /**
     * Asking somebody by name.
     *
     * @param to e-mails of those who can still answer
     * @param done what was passed on so far, in words
     * @param barred why this person may not, or empty
     */
    public record Passes(List<String> to, List<String> done, String barred) {}

    /**
     * One demand.
     *
     * @param from the document and rule that make it
     * @param words how many of whom
     * @param given how many of them agreed
     * @param needed how many must
     * @param people those whose vote counts, some of them
     * @param more how many there are beside those shown
     */
    public record Quorum(
            String from, String words, int given, int needed, List<Who> people, int more) {}

    /**
     * A person.
     *
     * @param because why they count
     * @param vote {@code yes}, {@code no} or empty
     */
    public record Who(String email, String because, String vote) {}

    /**
     * Earlier answers to calls of the same shape.
     *
     * @param approved how many
     * @param denied how many
     * @param people who gave them
     * @param last the last one, or empty
     */
    public record Alike(int approved, int denied, String people, String last) {}

    /**
     * What became of a call that people answered.
     *
     * @param words what ran and how it ended
     * @param output its output in short, drawn; may be empty
     * @param at when, or null
     * @param record the index of its record, or -1
     * @param undo whether it can be taken back, or empty
     */
    public record After(
            String words,
            List<Drawing.Piece> output,
            @Nullable Moment at,
            long record,
            String undo) {}
}
