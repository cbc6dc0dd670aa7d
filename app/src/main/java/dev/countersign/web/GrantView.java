package dev.countersign.web;

import dev.countersign.approval.Grant;
import dev.countersign.approval.Vote;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A grant as a page shows it.
 *
 * @param approval the request it came from
 * @param scope {@code task} or {@code project}
 * @param place which one
 * @param patterns which calls; empty for the identical one alone
 * @param call the call that was approved
 * @param agent whose calls
 * @param people who said so
 * @param used how often it was used, in words
 * @param made when
 * @param over when it ends, or null
 * @param barred why this person may not revoke it, or empty
 */
public record GrantView(
        String id,
        String approval,
        String scope,
        List<Drawing.Piece> place,
        List<List<Drawing.Piece>> patterns,
        List<Drawing.Piece> call,
        String agent,
        String people,
        String used,
        Moment made,
        @Nullable Moment over,
        String barred) {

    static GrantView of(Grant grant, String call, String barred, Instant now) {
        Instant over = grant.over();
        return new GrantView(
                grant.id(),
                grant.approval(),
                grant.scope().wire(),
                Drawing.of(grant.placeName()),
                grant.patterns().stream().map(Drawing::of).toList(),
                Drawing.of(call.replaceAll("\\s+", " ")),
                grant.offer().whose().agent(),
                String.join(", ", grant.votes().stream().map(Vote::person).distinct().toList()),
                used(grant),
                Moment.since(grant.made(), now),
                over == null ? null : Moment.until(over, now),
                barred);
    }

    private static String used(Grant grant) {
        if (grant.uses() != null) {
            return Texts.say("grant.used-of", grant.used(), grant.uses());
        }
        return grant.used() == 0
                ? Texts.say("grant.not-used-yet")
                : Texts.say("grant.used", grant.used());
    }
}
