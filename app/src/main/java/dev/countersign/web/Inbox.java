package dev.countersign.web;

import dev.countersign.decision.WaitingFiles.WaitingFile;
import dev.countersign.decision.Widening;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The first page.
 *
 * @param mine what this person may answer, the first to expire first
 * @param others open, but not for them
 * @param done the last that ended
 * @param files policy files that wait to be accepted
 * @param broken policy files that cannot be used, each with its errors
 * @param opened what stands beside the list, or null
 * @param picked whether the person chose it
 * @param notice what just happened, or empty
 */
public record Inbox(
        List<RequestView> mine,
        List<RequestView> others,
        List<RequestView> done,
        List<Offered> files,
        List<String> broken,
        @Nullable RequestView opened,
        boolean picked,
        String notice) {
    /** More of a file than anybody reads in a list. */
    private static final int MOST = 20_000;

    /**
     * A policy file and what it says.
     *
     * @param file what waits
     * @param content drawn; empty when it cannot be shown
     * @param cut how many characters are left out
     * @param allowed what it would newly allow, tried on examples and recorded calls, or null
     */
    public record Offered(
            WaitingFile file,
            List<Drawing.Piece> content,
            int cut,
            Widening.@Nullable Report allowed) {
        static Offered of(WaitingFile file, String content, Optional<Widening.Report> allowed) {
            String shown = content.length() <= MOST ? content : content.substring(0, MOST);
            return new Offered(
                    file,
                    Drawing.of(shown),
                    content.length() - shown.length(),
                    allowed.orElse(null));
        }
    }
}
