package dev.countersign.web;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Vote;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * That an owner answered a request alone, as every page tells owners.
 *
 * @param id of the request
 * @param person who
 * @param reason why, drawn
 * @param at when
 */
public record GlassView(String id, String person, List<Drawing.Piece> reason, Moment at) {
    /** Null when nobody did. */
    static @Nullable GlassView of(ApprovalRequest request, Instant now) {
        Vote vote = request.brokenGlass().orElse(null);
        return vote == null || vote.breakGlass() == null
                ? null
                : new GlassView(
                        request.id(),
                        vote.person(),
                        Drawing.of(vote.breakGlass()),
                        Moment.since(vote.at(), now));
    }
}
