package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Scene;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Ballot.Standing;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.Answer;
import dev.countersign.people.Principal;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * OpenID AuthZEN 1.0: {@code /access/v1/evaluation} and {@code /evaluations}, with the profile for
 * access requests where people could say yes. The same decisions as everywhere, in other words.
 */
final class AccessRoutes {
    static final String METADATA = "/.well-known/authzen-configuration";
    static final String REQUESTS = "/access/v1/requests";

    private static final String CAPABILITY = "urn:openid:authzen:capability:access-request";
    private static final String ERROR = "urn:openid:authzen:access-request:error:";
    private static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-ID");
    private static final int LONGEST_REQUEST_ID = 256;
    private static final int MOST_EVALUATIONS = 100;

    /** So long a denial may be followed by a request. */
    private static final Duration DENIAL = Duration.ofHours(1);

    private final DecisionRoutes decisions;
    private final Approvals approvals;
    private final Views views;
    private final Clock clock;

    AccessRoutes(DecisionRoutes decisions, Approvals approvals, Views views, Clock clock) {
        this.decisions = decisions;
        this.approvals = approvals;
        this.views = views;
        this.clock = clock;
    }

    /** {@code GET /.well-known/authzen-configuration}. */
    ObjectNode metadata() {
        String address = views.address();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("policy_decision_point", address);
        json.put("access_evaluation_endpoint", address + Route.EVALUATION.path());
        json.put("access_evaluations_endpoint", address + Route.EVALUATIONS.path());
        json.put("search_subject_endpoint", address + Route.SEARCH_SUBJECT.path());
        json.put("search_resource_endpoint", address + Route.SEARCH_RESOURCE.path());
        json.put("search_action_endpoint", address + Route.SEARCH_ACTION.path());
        json.put("access_request_endpoint", address + REQUESTS);
        json.putArray("capabilities").add(CAPABILITY);
        return json;
    }

    /** What is asked is told apart by its sender. */
    static void identified(ServerRequest request, ServerResponse response) {
        request.headers()
                .first(REQUEST_ID)
                .filter(id -> id.length() <= LONGEST_REQUEST_ID && id.matches("[!-~ ]+"))
                .ifPresent(id -> response.header(REQUEST_ID, id));
    }

    /** What was sent, as JSON. */
    static ObjectNode body(ServerRequest request) {
        boolean json =
                request.headers()
                        .contentType()
                        .map(type -> type.mediaType().text().equals("application/json"))
                        .orElse(false);
        if (!json) {
            throw Problem.badRequest("the content type must be `application/json`");
        }
        return Bodies.object(request);
    }

    /** {@code POST /access/v1/evaluation}. */
    ObjectNode evaluation(ServerRequest request, Principal by) {
        return evaluated(AccessQuestion.of(body(request)), request, by);
    }

    private ObjectNode evaluated(AccessQuestion question, ServerRequest request, Principal by) {
        ToolCall call = call(question, request, by);
        return json(question, call, decisions.evaluate(call));
    }

    private ToolCall call(AccessQuestion question, ServerRequest request, Principal by) {
        Subject subject = decisions.subject(by);
        ObjectNode where = JsonNodeFactory.instance.objectNode();
        String cwd = question.context().path("cwd").asText("");
        Scene scene = decisions.scene(request, by, subject, where.put("cwd", cwd));
        return question.call(scene);
    }

    /** {@code POST /access/v1/evaluations}: each item replaces what stands above it whole. */
    ObjectNode evaluations(ServerRequest request, Principal by) {
        ObjectNode body = body(request);
        JsonNode items = body.path("evaluations");
        if (items.isMissingNode() || items.isNull() || (items.isArray() && items.isEmpty())) {
            return evaluated(AccessQuestion.of(body), request, by);
        }
        if (!items.isArray() || items.size() > MOST_EVALUATIONS) {
            throw Problem.badRequest("`evaluations` must be a list of at most " + MOST_EVALUATIONS);
        }
        Semantic semantic = Semantic.of(body.path("options"));
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode answers = answer.putArray("evaluations");
        for (JsonNode item : items) {
            ObjectNode one = item(body, item, request, by);
            answers.add(one);
            if (semantic.ends(one.path("decision").asBoolean(false))) {
                break;
            }
        }
        return answer;
    }

    private ObjectNode item(
            ObjectNode defaults, JsonNode item, ServerRequest request, Principal by) {
        try {
            if (!(item instanceof ObjectNode own)) {
                throw Problem.badRequest("an item of `evaluations` must be an object");
            }
            ObjectNode whole = defaults.deepCopy();
            whole.retain(List.of("subject", "action", "resource", "context"));
            whole.setAll(own);
            return evaluated(AccessQuestion.of(whole), request, by);
        } catch (Problem broken) {
            ObjectNode denied = JsonNodeFactory.instance.objectNode().put("decision", false);
            denied.putObject("context")
                    .putObject("error")
                    .put("status", broken.kind().status())
                    .put("message", broken.detail());
            return denied;
        }
    }

    /** When a list of questions ends before its last one. */
    private enum Semantic {
        EXECUTE_ALL,
        DENY_ON_FIRST_DENY,
        PERMIT_ON_FIRST_PERMIT;

        static Semantic of(JsonNode options) {
            JsonNode named = options.path("evaluations_semantic");
            if (named.isMissingNode() || named.isNull()) {
                return EXECUTE_ALL;
            }
            for (Semantic semantic : values()) {
                if (semantic.name().toLowerCase(Locale.ROOT).equals(named.asText())) {
                    return semantic;
                }
            }
            throw Problem.badRequest(
                    "`options.evaluations_semantic` is `"
                            + Fields.shown(named.asText())
                            + "`; expected execute_all, deny_on_first_deny or"
                            + " permit_on_first_permit");
        }

        boolean ends(boolean permitted) {
            return switch (this) {
                case EXECUTE_ALL -> false;
                case DENY_ON_FIRST_DENY -> !permitted;
                case PERMIT_ON_FIRST_PERMIT -> permitted;
            };
        }
    }

    private ObjectNode json(AccessQuestion question, ToolCall call, Answer answer) {
        Instant now = clock.instant();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("decision", answer.effect() == Effect.ALLOW);
        ObjectNode context = json.putObject("context");
        context.put("evaluation_id", answer.id());
        context.put("evaluated_at", now.toString());
        switch (answer.effect()) {
            case ALLOW -> {}
            case DENY -> {
                context.put("reason", "policy_denied");
                if (question.approval().isPresent()) {
                    context.put("next_action", "none");
                }
            }
            case ASK -> {
                context.put("reason", "approval_required");
                context.putObject("access_request")
                        .put("endpoint", views.address() + REQUESTS)
                        .put("expires_at", now.plus(DENIAL).toString());
                question.approval().ifPresent(shown -> unmet(context, shown, call, answer));
            }
            case DEFER -> {
                context.put("reason", "not_now").put("next_action", "retry");
                if (answer.decision() instanceof Decision.Defer defer) {
                    context.put(
                            "retry_after",
                            Math.max(1, Duration.between(now, defer.until()).toSeconds()));
                }
            }
        }
        context.putObject("reason_user").put("en", answer.reason());
        context.set("countersign", views.of(answer));
        return json;
    }

    /** Why the approval that was shown did not lead to a yes. */
    private void unmet(ObjectNode context, ObjectNode shown, ToolCall call, Answer answer) {
        Optional<ApprovalRequest> known =
                approvals
                        .find(shown.path("id").asText(""))
                        .filter(request -> ofCaller(request, call.subject()));
        if (known.isEmpty()) {
            context.put("reason", "approval_unverifiable").put("next_action", "request");
            return;
        }
        boolean waits =
                answer.approval() != null && answer.approval().id().equals(known.get().id());
        switch (known.get().state()) {
            case PENDING ->
                    context.put("reason", waits ? "grant_pending" : "out_of_scope")
                            .put("next_action", waits ? "retry" : "request")
                            .put("retry_after", 5);
            case APPROVED -> context.put("reason", "out_of_scope").put("next_action", "request");
            case USED, EXPIRED, WITHDRAWN, SUPERSEDED ->
                    context.put("reason", "approval_expired").put("next_action", "request");
            case DENIED -> context.put("reason", "policy_denied").put("next_action", "none");
        }
    }

    private static boolean ofCaller(ApprovalRequest request, Subject caller) {
        return request.requester().equals(caller.agent())
                && Objects.equals(request.driver(), caller.person());
    }

    /** An answer with its status. */
    record Reply(int status, ObjectNode json, @Nullable String location, boolean problem) {}

    /** {@code POST /access/v1/requests}: people are asked. */
    Reply request(ServerRequest request, Principal by) {
        ObjectNode body = body(request);
        if (body.has("items")) {
            return problem(400, "not_requestable", "a bundle of requests is not taken");
        }
        AccessQuestion question = AccessQuestion.of(body);
        JsonNode denial = body.path("denial");
        String evaluation = denial.path("evaluation_id").asText("");
        if (!denial.path("expires_at").isTextual() || evaluation.isEmpty()) {
            throw Problem.badRequest("`denial.evaluation_id` and `denial.expires_at` are needed");
        }
        ToolCall call = call(question, request, by);
        Optional<Recorded> denied =
                decisions.visible(evaluation, by).filter(record -> about(record, call));
        if (denied.isEmpty()) {
            return problem(
                    400, "invalid_denial_binding", "that evaluation was not of this question");
        }
        Instant at = Instant.parse(denied.get().body().path("at").asText());
        if (at.plus(DENIAL).isBefore(clock.instant())) {
            return problem(410, "expired_denial", "the denial is too old; evaluate again");
        }
        Answer answer = decisions.request(call);
        if (answer.approval() == null || answer.effect() != Effect.ASK) {
            return problem(400, "not_requestable", answer.reason());
        }
        return new Reply(
                answer.approval().state() == ApprovalRequest.State.PENDING ? 202 : 201,
                JsonNodeFactory.instance.objectNode().set("task", task(answer.approval())),
                statusAddress(answer.approval()),
                false);
    }

    /** Whether a decision was of this question, as far as what is kept of it says. */
    private static boolean about(Recorded decision, ToolCall call) {
        JsonNode kept = decision.body().path("body").path("call");
        return call.client().equals(kept.path("client").asText())
                && call.tool().equals(kept.path("tool").asText())
                && call.context().cwd().equals(kept.path("cwd").asText())
                && Objects.equals(call.subject().agentType(), kept.path("agent_type").textValue());
    }

    /** {@code GET /access/v1/requests/{id}}. */
    Reply status(String id, Principal by) {
        Subject caller = decisions.subject(by);
        return approvals
                .find(id)
                .filter(request -> ofCaller(request, caller))
                .map(request ->
                        new Reply(
                                200,
                                JsonNodeFactory.instance.objectNode().set("task", task(request)),
                                null,
                                false))
                .orElseGet(() -> problem(404, "unknown_task", "there is no such request of yours"));
    }

    private String statusAddress(ApprovalRequest request) {
        return views.address() + REQUESTS + "/" + request.id();
    }

    private ObjectNode task(ApprovalRequest request) {
        ObjectNode task =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", request.id())
                        .put(
                                "status",
                                switch (request.state()) {
                                    case PENDING -> "pending";
                                    case APPROVED, USED -> "approved";
                                    case DENIED -> "denied";
                                    case EXPIRED -> "expired";
                                    case WITHDRAWN -> "cancelled";
                                    case SUPERSEDED -> "failed";
                                })
                        .put("status_endpoint", statusAddress(request))
                        .put("expires_at", request.expires().toString());
        if (approvals.standing(request) instanceof Standing.Open(int needed, int given)) {
            task.putObject("progress").put("current_step", given).put("total_steps", needed);
        }
        task.putObject("links").put("review", views.page(request));
        Instant ended = request.ended();
        switch (request.state()) {
            case APPROVED, USED -> {
                ObjectNode result = task.putObject("result").put("mode", "reevaluate");
                ObjectNode approval = result.putObject("approval").put("id", request.id());
                if (ended != null) {
                    approval.put("approved_at", ended.toString());
                    approval.put("approved_until", ended.plus(decisions.expiry()).toString());
                } else {
                    approval.put("approved_until", request.expires().toString());
                }
            }
            case PENDING, DENIED, EXPIRED, WITHDRAWN, SUPERSEDED -> {}
        }
        return task;
    }

    private static Reply problem(int status, String name, String detail) {
        return new Reply(
                status,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("type", ERROR + name)
                        .put("title", name.replace('_', ' '))
                        .put("status", status)
                        .put("detail", detail),
                null,
                true);
    }
}
