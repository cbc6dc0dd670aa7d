package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.GitAddress;
import dev.countersign.call.Push;
import dev.countersign.decision.PushReceipts;
import dev.countersign.decision.PushReceipts.Change;
import dev.countersign.decision.PushReceipts.Judged;
import dev.countersign.people.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** {@code /v1/git}: what gates in front of repositories ask. */
final class GitRoutes {
    private static final int MOST_CHANGES = 1_000;
    private static final String OBJECT = "[0-9a-f]{40}|[0-9a-f]{64}";

    private final PushReceipts receipts;
    private final DecisionRoutes decisions;

    GitRoutes(PushReceipts receipts, DecisionRoutes decisions) {
        this.receipts = receipts;
        this.decisions = decisions;
    }

    /** {@code POST /v1/git/pushes}: whether a push may be taken; it is recorded either way. */
    ObjectNode arrive(ObjectNode body, Principal principal, boolean here) throws NotRecorded {
        Fields fields = new Fields(body, "repository", "changes", "pusher");
        Set<String> repository = new TreeSet<>();
        for (String written : fields.texts("repository", 20)) {
            repository.add(address("repository", written));
        }
        if (!here) {
            // A path of another machine names another repository on this one.
            repository.removeIf(address -> address.startsWith("/"));
        }
        if (repository.isEmpty()) {
            throw Problem.badRequest("`repository` names no address that is known from here");
        }
        List<Change> changes = new ArrayList<>();
        for (ObjectNode each : fields.objects("changes", MOST_CHANGES)) {
            changes.add(change(each));
        }
        if (changes.isEmpty()) {
            throw Problem.badRequest("`changes` is empty");
        }
        List<Judged> judged =
                receipts.arrive(
                        decisions.subject(principal),
                        repository,
                        changes,
                        fields.text("pusher", 256).orElse(null));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("accepted", judged.stream().allMatch(Judged::allowed));
        ArrayNode list = json.putArray("changes");
        for (Judged one : judged) {
            list.addObject()
                    .put("ref", one.change().ref())
                    .put("allowed", one.allowed())
                    .put("receipt", one.receipt())
                    .put("why", one.why());
        }
        return json;
    }

    private static Change change(ObjectNode each) {
        Fields fields = new Fields(each, "ref", "before", "after", "forced");
        return new Change(
                reference(fields),
                object(fields, "before"),
                object(fields, "after"),
                fields.yes("forced").orElse(true));
    }

    private static String reference(Fields fields) {
        String ref = fields.required("ref", 1_024);
        if (!ref.startsWith("refs/")) {
            throw Problem.badRequest(
                    "`ref` is `" + Fields.shown(ref) + "`; expected such as `refs/heads/main`");
        }
        return ref;
    }

    private static String object(Fields fields, String name) {
        String object = fields.required(name, 64);
        if (!object.matches(OBJECT)) {
            throw Problem.badRequest(
                    "`" + name + "` is `" + Fields.shown(object) + "`; expected a whole object id");
        }
        return object;
    }

    private static String address(String name, String written) {
        return GitAddress.normal(written)
                .or(() -> GitAddress.normal("https://" + written))
                .orElseThrow(() ->
                        Problem.badRequest(
                                "`"
                                        + name
                                        + "` is `"
                                        + Fields.shown(written)
                                        + "`; expected an address such as"
                                        + " `git@example.com:org/shop.git`"));
    }

    /** The same answer for the hook, which is a shell program. */
    static String text(ObjectNode answer) {
        if (answer.path("accepted").asBoolean()) {
            return "countersign 0\n";
        }
        StringBuilder text = new StringBuilder("countersign 1\n");
        text.append("Countersign keeps this push out; nothing was changed.\n");
        answer.path("changes")
                .forEach(each -> {
                    if (!each.path("allowed").asBoolean()) {
                        text.append("  ").append(Fields.shown(each.path("ref").asText()));
                        text.append(": ").append(shown(each.path("why").asText())).append('\n');
                    }
                });
        text.append(
                """
                What to do: an agent pushes with its hooks on, in a call that only pushes.
                A person uses `countersign run -- git push ...`, or `countersign git-gate pass`.
                """);
        return text.toString();
    }

    /**
     * What people wrote is in it, such as why they stopped something, and it goes to a terminal.
     */
    private static String shown(String why) {
        return why.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Cs}]", " ");
    }

    /** {@code POST /v1/git/passes}: a person lets one change through. */
    ObjectNode pass(ObjectNode body, Principal principal) throws NotRecorded {
        Fields fields = new Fields(body, "repository", "ref", "commit", "reason");
        Push push =
                new Push(
                        address("repository", fields.required("repository", 1_024)),
                        reference(fields),
                        object(fields, "commit"),
                        true);
        String id = receipts.pass(principal.name(), push, fields.required("reason", 1_000));
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("repository", push.to())
                .put("valid_seconds", PushReceipts.FRESH.toSeconds());
    }
}
