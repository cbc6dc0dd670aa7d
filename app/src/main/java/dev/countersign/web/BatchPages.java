package dev.countersign.web;

import dev.countersign.api.BatchVotes;
import dev.countersign.api.Problem;
import dev.countersign.approval.Approvals.Cast;
import dev.countersign.approval.Similar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One answer to several requests, and what became of it for each. */
final class BatchPages {
    /** In front of the id of a request that is checked; the value is the version that was read. */
    private static final String CHECKED = "vote-";

    private final Site site;
    private final PersonalViews views;
    private final BatchVotes votes;

    BatchPages(Site site, PersonalViews views, BatchVotes votes) {
        this.site = site;
        this.views = views;
        this.votes = votes;
    }

    void vote(Visit visit) {
        switch (visit.field("answer")) {
            case "approve" -> vote(visit, true);
            case "deny" -> vote(visit, false);
            case "look" -> visit.redirect("/?group=" + Visit.part(visit.field("group")));
            default ->
                    throw new Problem(
                            Problem.Kind.BAD_REQUEST, Texts.say("batch.the-form-names-no"));
        }
    }

    private void vote(Visit visit, boolean approve) {
        List<BatchVotes.Read> read = read(visit.form());
        Cast cast = approve ? Cast.yes("") : Cast.no(visit.text("guidance", 2_000));
        List<BatchLine> lines =
                votes.vote(visit.person(), read, cast).stream().map(r -> line(visit, r)).toList();
        site.page(
                visit.response(),
                200,
                "answered",
                Map.of(
                        "frame",
                        site.frame(visit, Texts.say("batch.answered"), "inbox", false),
                        "approve",
                        approve,
                        "lines",
                        lines));
    }

    private static List<BatchVotes.Read> read(Map<String, String> form) {
        List<BatchVotes.Read> read = new ArrayList<>();
        form.forEach((name, version) -> {
            if (name.startsWith(CHECKED)) {
                // No number at all is no version that anybody saw.
                int seen = (int) Math.min(Visit.number(version), Integer.MAX_VALUE);
                read.add(new BatchVotes.Read(name.substring(CHECKED.length()), seen));
            }
        });
        if (read.isEmpty()) {
            throw new Problem(Problem.Kind.BAD_REQUEST, Texts.say("batch.nothing-is-checked-go"));
        }
        if (read.size() > Similar.MOST) {
            throw new Problem(Problem.Kind.BAD_REQUEST, Texts.say("batch.too-many", Similar.MOST));
        }
        return read;
    }

    private BatchLine line(Visit visit, BatchVotes.Result result) {
        RequestView view =
                result.request() == null ? null : views.of(result.request(), visit.person());
        return new BatchLine(
                result.id(),
                result.counted(),
                Site.sentence(result.why()),
                view != null && view.mine(),
                view);
    }
}
