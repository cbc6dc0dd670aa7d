package dev.countersign.web;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Grant;
import dev.countersign.approval.Terms;
import dev.countersign.decision.GrantPreview;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last previews: a page asks again and again, and trying a month of calls takes a while. */
final class Previews {
    private static final int MOST_KNOWN = 50;
    private static final Duration STAYS = Duration.ofMinutes(2);

    private final GrantPreview preview;
    private final Clock clock;
    private final Map<List<Object>, Known> known =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<List<Object>, Known> eldest) {
                    return size() > MOST_KNOWN;
                }
            };

    private record Known(Instant at, GrantPreview.Report report) {}

    Previews(GrantPreview preview, Clock clock) {
        this.preview = preview;
        this.clock = clock;
    }

    /** At most two minutes old. */
    synchronized GrantPreview.Report of(ApprovalRequest request, Terms terms) {
        List<Object> key = List.of(request.id(), terms.scope(), terms.pattern());
        Instant now = clock.instant();
        Known last = known.get(key);
        if (last == null || last.at().plus(STAYS).isBefore(now)) {
            last = new Known(now, preview.of(request, terms));
            known.put(key, last);
        }
        return last.report();
    }

    /**
     * How a request may be approved for longer; null when it may not.
     *
     * @param form what the person has typed so far
     */
    @Nullable Longer longer(ApprovalRequest request, RequestView view, Map<String, String> form) {
        if (!view.mine() || !request.offer().lasts()) {
            return null;
        }
        String pattern = form.getOrDefault("pattern", request.offer().pattern()).strip();
        // What is shown is right for either scope: a project holds its tasks.
        Terms terms = new Terms(Grant.Scope.PROJECT, pattern, null, null);
        return Longer.of(
                request,
                pattern,
                form.getOrDefault("expires", ""),
                form.getOrDefault("uses", ""),
                request.offer().problem(terms).isPresent()
                        ? new GrantPreview.Report(List.of(), 0, 0, false)
                        : of(request, terms),
                !form.isEmpty());
    }
}
