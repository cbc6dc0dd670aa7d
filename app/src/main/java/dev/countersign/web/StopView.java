package dev.countersign.web;

import dev.countersign.approval.Stop;
import java.time.Instant;
import java.util.List;

/**
 * A stop as every page shows it.
 *
 * @param id such as {@code STP-2}
 * @param what is stopped, drawn
 * @param reason as the person gave it, drawn; may be empty
 * @param person who stopped it
 * @param at when
 * @param barred why this person may not let it go on, or empty
 */
public record StopView(
        String id,
        List<Drawing.Piece> what,
        List<Drawing.Piece> reason,
        String person,
        Moment at,
        String barred) {
    static StopView of(Stop stop, String barred, Instant now) {
        return new StopView(
                stop.id(),
                Drawing.of(stop.what()),
                Drawing.of(stop.reason()),
                stop.person(),
                Moment.since(stop.at(), now),
                barred);
    }
}
