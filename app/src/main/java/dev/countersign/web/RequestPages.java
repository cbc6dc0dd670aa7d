package dev.countersign.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Problem;
import dev.countersign.api.Voting;
import dev.countersign.api.WantedTerms;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.Cast;
import dev.countersign.approval.Approvals.VoteResult;
import dev.countersign.approval.Edit;
import dev.countersign.approval.Terms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.decision.Editing;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request: reading it, answering it, changing it. */
final class RequestPages {
    private final Site site;
    private final PersonalViews views;
    private final Previews previews;
    private final Evidence evidence;
    private final Approvals approvals;
    private final Voting voting;

    RequestPages(
            Site site,
            PersonalViews views,
            Previews previews,
            Evidence evidence,
            Approvals approvals,
            Voting voting) {
        this.evidence = evidence;
        this.site = site;
        this.views = views;
        this.previews = previews;
        this.approvals = approvals;
        this.voting = voting;
    }

    void request(Visit visit) {
        show(visit, visit.parameter("id"), 200, "");
    }

    void vote(Visit visit) throws NotRecorded {
        String id = visit.parameter("id");
        String answer = visit.field("answer");
        String scope =
                switch (answer) {
                    case "approve", "deny" -> "once";
                    case "approve-task", "preview" -> "task";
                    case "approve-project" -> "project";
                    default ->
                            throw new Problem(
                                    Problem.Kind.BAD_REQUEST,
                                    Texts.say("request.the-form-names-no"));
                };
        boolean lasting = !scope.equals("once");
        Terms terms = Terms.ONCE;
        if (lasting) {
            Optional<String> wrong = Optional.empty();
            try {
                terms =
                        WantedTerms.of(
                                scope,
                                visit.field("pattern"),
                                visit.field("expires"),
                                visit.field("uses"));
                Terms wanted = terms;
                wrong = approvals.find(id).flatMap(r -> r.offer().problem(wanted));
            } catch (Problem problem) {
                wrong = Optional.of(problem.detail());
            }
            if (wrong.isPresent() || answer.equals("preview")) {
                show(
                        visit,
                        id,
                        wrong.isPresent() ? 400 : 200,
                        wrong.map(why -> Texts.say("request.nothing-was-approved", why)).orElse(""),
                        visit.form());
                return;
            }
        }
        boolean approve = !answer.equals("deny");
        String guidance = visit.text("guidance", 2_000);
        int seen = seen(visit);
        String why = visit.text("why", 2_000).strip();
        if (approve
                && why.isEmpty()
                && approvals.find(id).filter(RequestPages::utmost).isPresent()) {
            show(visit, id, 400, Texts.say("request.say-why"));
            return;
        }
        Cast cast = approve ? Cast.yes(why).on(terms) : Cast.no(guidance);
        Optional<ObjectNode> edited =
                approve && visit.form().containsKey("edited")
                        ? approvals.find(id).flatMap(r -> edited(r, visit.field("edited")))
                        : Optional.empty();
        if (visit.form().containsKey("edited") && edited.isEmpty()) {
            throw new Problem(Problem.Kind.BAD_REQUEST, Texts.say("request.the-form-changes-what"));
        }
        answered(
                visit,
                id,
                edited.isPresent()
                        ? voting.vote(visit.person(), id, cast.seen(seen), edited.get())
                        : voting.vote(visit.person(), id, cast.seen(seen)));
    }

    private static boolean utmost(ApprovalRequest request) {
        return CallView.Risk.of(request.explanation().path("risk").asText()).utmost();
    }

    /** Asks somebody else to answer. */
    void pass(Visit visit) throws NotRecorded {
        String id = visit.parameter("id");
        VoteResult result = voting.pass(visit.person(), id, visit.text("to", 320));
        if (result instanceof VoteResult.Counted) {
            visit.redirect("/approvals/" + Visit.part(id));
        } else if (result instanceof VoteResult.NotYours(String why)) {
            show(visit, id, 409, Texts.say("request.not-passed-on", why));
        } else {
            answered(visit, id, result);
        }
    }

    /** The version that the person saw; no number at all is none that anybody saw. */
    static int seen(Visit visit) {
        return (int) Math.min(Visit.number(visit.field("version")), Integer.MAX_VALUE);
    }

    /** Says what became of an answer. */
    void answered(Visit visit, String id, VoteResult result) {
        switch (result) {
            case VoteResult.Counted _ -> visit.redirect("/?answered=" + Visit.part(id));
            case VoteResult.NotYours(String why) ->
                    show(visit, id, 403, Texts.say("request.does-not-count", why));
            case VoteResult.NotOffered(String why) ->
                    show(visit, id, 400, Texts.say("request.nothing-was-approved", why));
            case VoteResult.Changed _ ->
                    show(visit, id, 409, Texts.say("request.somebody-else-answered-while"));
            case VoteResult.TooLate(ApprovalRequest now) ->
                    show(
                            visit,
                            id,
                            409,
                            Texts.say("request.decided-before", RequestView.wording(now)));
            case VoteResult.Unknown _ -> show(visit, id, 404, "");
        }
    }

    /** Shows what a changed call would come to; nothing counts yet. */
    void edit(Visit visit) {
        String id = visit.parameter("id");
        String text = visit.field("edited").replace("\r\n", "\n");
        ApprovalRequest asked =
                approvals
                        .find(id)
                        .orElseThrow(() ->
                                new Problem(
                                        Problem.Kind.NOT_FOUND,
                                        Texts.say("request.there-is-no-such")));
        Optional<ObjectNode> input = edited(asked, text);
        if (input.isEmpty()) {
            throw new Problem(Problem.Kind.BAD_REQUEST, Texts.say("request.the-form-changes-what"));
        }
        if (asked.state() != State.PENDING) {
            show(visit, id, 409, Texts.say("request.it-was-decided-before"));
            return;
        }
        if (asked.saidSince(seen(visit))) {
            show(visit, id, 409, Texts.say("request.somebody-else-answered-while-you"));
            return;
        }
        String problem = "";
        ApprovalRequest changed = asked;
        if (asked.call().path("input").equals(input.get())) {
            problem = Texts.say("request.this-is-what-was");
        } else {
            switch (voting.preview(visit.person(), asked, input.get())) {
                case Editing.Preview.Possible(ApprovalRequest possible) -> changed = possible;
                case Editing.Preview.Refused(String why) -> {
                    problem = Site.sentence(why);
                    ObjectNode call = asked.call().deepCopy();
                    call.set("input", input.get());
                    changed =
                            asked.edited(
                                    new Edit(
                                            visit.person().email(), input.get(), "", asked.asked()),
                                    call,
                                    JsonNodeFactory.instance.objectNode(),
                                    asked.requirements(),
                                    Set.of());
                }
            }
        }
        site.page(
                visit.response(),
                problem.isEmpty() ? 200 : 409,
                "edit",
                Map.of(
                        "frame",
                        site.frame(visit, id, "inbox", false),
                        "request",
                        views.of(asked, visit.person()),
                        "changed",
                        views.of(changed, visit.person()),
                        "text",
                        text,
                        "problem",
                        problem));
    }

    /** The input of a call with the text a person typed. */
    private static Optional<ObjectNode> edited(ApprovalRequest request, String typed) {
        ObjectNode input = request.call().withObject("/input").deepCopy();
        // Forms send lines as no shell wants them.
        return Editing.field(input).map(name -> input.put(name, typed.replace("\r\n", "\n")));
    }

    void show(Visit visit, String id, int status, String problem) {
        show(visit, id, status, problem, Map.of());
    }

    private void show(
            Visit visit, String id, int status, String problem, Map<String, String> form) {
        Optional<ApprovalRequest> found = approvals.find(id);
        if (found.isEmpty()) {
            site.message(
                    visit.request(),
                    visit.response(),
                    404,
                    Texts.say("request.no-such-request"),
                    Texts.say("request.the-address-names-no"),
                    "");
            return;
        }
        RequestView view = views.of(found.get(), visit.person());
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.frame(visit, view.id(), "inbox", true));
        model.put("request", view);
        model.put("problem", problem);
        model.put("longer", previews.longer(found.get(), view, form));
        model.put("evidence", evidence.of(found.get(), visit.person()));
        site.page(visit.response(), status, "request", model);
    }
}
