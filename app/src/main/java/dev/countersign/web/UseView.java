package dev.countersign.web;

import dev.countersign.api.OwnerUses.Use;
import java.time.Instant;
import java.util.List;

/**
 * A use of the owner shortcut.
 *
 * @param what method and address, drawn
 * @param at when last
 */
public record UseView(List<Drawing.Piece> what, Moment at) {
    static UseView of(Use use, Instant now) {
        return new UseView(Drawing.of(use.what()), Moment.since(use.at(), now));
    }
}
