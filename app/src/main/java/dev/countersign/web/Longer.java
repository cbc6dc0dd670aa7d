package dev.countersign.web;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.decision.GrantPreview;
import java.util.List;

/**
 * What a person may choose beside approving once.
 *
 * @param pattern which other calls, as it stands in the field
 * @param rows how many lines the field has
 * @param widens whether there is any other call to approve than the identical one
 * @param expires the chosen duration, or empty
 * @param uses the chosen count, or empty
 * @param calls what it would also have allowed
 * @param more how many more there are
 * @param cut whether not all recorded calls were tried
 * @param open whether the person is at it
 */
public record Longer(
        String pattern,
        int rows,
        boolean widens,
        String expires,
        String uses,
        List<Also> calls,
        int more,
        boolean cut,
        boolean open) {
    private static final int SHOWN = 6;

    /** A duration and its name. */
    public record Duration(String value, String words) {}

    /** The durations to choose from. */
    public static List<Duration> durations() {
        return List.of(
                new Duration("", Texts.say("longer.as-long-as-it-lasts")),
                new Duration("30m", Texts.say("longer.30-minutes")),
                new Duration("4h", Texts.say("longer.4-hours")),
                new Duration("24h", Texts.say("longer.24-hours")),
                new Duration("168h", Texts.say("longer.7-days")));
    }

    /** A recorded call. */
    public record Also(List<Drawing.Piece> call, int times) {}

    static Longer of(
            ApprovalRequest request,
            String pattern,
            String expires,
            String uses,
            GrantPreview.Report preview,
            boolean open) {
        return new Longer(
                pattern,
                Math.clamp(pattern.lines().count(), 1, 6),
                !request.offer().pattern().isEmpty(),
                expires,
                uses,
                preview.calls().stream()
                        .limit(SHOWN)
                        .map(each ->
                                new Also(
                                        Drawing.of(each.call().replaceAll("\\s+", " ")),
                                        each.times()))
                        .toList(),
                Math.max(0, preview.count() - SHOWN),
                preview.cut(),
                open);
    }
}
