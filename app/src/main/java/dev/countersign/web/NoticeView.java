package dev.countersign.web;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Vote;
import dev.countersign.audit.Alarm;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What every page tells somebody until they say that they know: an owner answered a request alone,
 * or something raised an alarm.
 *
 * @param id of the request or the alarm
 * @param person who answered alone, or empty for an alarm
 * @param text why they did, or what happened; drawn
 * @param times how often it happened
 * @param at when it happened last
 * @param barred why this person may not say that they know, or empty
 */
public record NoticeView(
        String id, String person, List<Drawing.Piece> text, long times, Moment at, String barred) {
    private static final Pattern REQUEST = Pattern.compile("\\bAPR-[0-9]+");

    /** Null when nobody answered alone. */
    static @Nullable NoticeView of(ApprovalRequest request, Instant now) {
        Vote vote = request.brokenGlass().orElse(null);
        return vote == null || vote.breakGlass() == null
                ? null
                : new NoticeView(
                        request.id(),
                        vote.person(),
                        Drawing.of(vote.breakGlass()),
                        1,
                        Moment.since(vote.at(), now),
                        "");
    }

    static NoticeView of(Alarm alarm, String barred, Instant now) {
        return new NoticeView(
                alarm.id(),
                "",
                Drawing.words(alarm.text()),
                alarm.times(),
                Moment.since(alarm.last(), now),
                barred);
    }

    /** The request that an alarm is about, such as {@code APR-7}, or empty. */
    public String about() {
        Matcher request =
                REQUEST.matcher(
                        text.stream().map(Drawing.Piece::text).collect(Collectors.joining()));
        return alarm() && request.find() ? request.group() : "";
    }

    /** Whether it is about newer built-in defaults, which have a page. */
    public boolean defaults() {
        return alarm()
                && text.stream()
                        .map(Drawing.Piece::text)
                        .collect(Collectors.joining())
                        .startsWith("the built-in defaults changed");
    }

    public boolean alarm() {
        return person.isEmpty();
    }
}
