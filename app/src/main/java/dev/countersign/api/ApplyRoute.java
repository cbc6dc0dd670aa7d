package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.PolicyStore.Stored;
import dev.countersign.decision.StoredPolicies;
import dev.countersign.decision.Widening;
import dev.countersign.ledger.Sha256;
import dev.countersign.people.Entity;
import dev.countersign.people.OrganisationStore;
import dev.countersign.people.OrganisationStore.Step;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import dev.countersign.policy.Level;
import dev.countersign.policy.PolicyProblem;
import dev.countersign.policy.PolicyReader;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * {@code POST /v1/organisation}: a whole organisation at once, all of it or nothing. What it says
 * already is so is left alone.
 */
final class ApplyRoute {
    private static final int MOST = 1_000;

    private final OrganisationRoutes organisation;
    private final OrganisationStore store;
    private final StoredPolicies stored;
    private final BiFunction<StoredPolicies.State, StoredPolicies.State, Widening.Report> widening;
    private final Clock clock;

    /**
     * The route.
     *
     * @param widening what becomes allowed between two states of the policies
     */
    ApplyRoute(
            OrganisationRoutes organisation,
            OrganisationStore store,
            StoredPolicies stored,
            BiFunction<StoredPolicies.State, StoredPolicies.State, Widening.Report> widening,
            Clock clock) {
        this.organisation = organisation;
        this.store = store;
        this.stored = stored;
        this.widening = widening;
        this.clock = clock;
    }

    /**
     * Body: a section for each kind, each a map by name; {@code policies}, a list; {@code prune},
     * whether what a section that is there does not name goes; {@code dry_run}, whether only the
     * plan is wanted.
     *
     * @throws Problem with where in the body it is: then nothing changed
     */
    ObjectNode apply(ObjectNode body, Principal by) throws NotRecorded {
        List<String> names = new ArrayList<>(List.of("policies", "prune", "dry_run"));
        Arrays.stream(Entity.Kind.values()).map(Entity.Kind::plural).forEach(names::add);
        Fields fields = new Fields(body, names.toArray(String[]::new));
        boolean dry = fields.yes("dry_run").orElse(false);
        Reorganisation draft = organisation.draft(by);
        for (Entity.Kind kind : Entity.Kind.values()) {
            section(draft, kind, body);
        }
        if (fields.yes("prune").orElse(false)) {
            prune(draft, body);
        }
        List<Stored> documents = policies(body, by);
        StoredPolicies.Batch batch = stored.with(documents);
        requireUsable(batch, body);
        Widening.Report report = widening.apply(batch.before(), batch.state());
        List<Reorganisation.Change> changes = draft.changes();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode plan = Reorganisation.plan(changes);
        for (Stored document : documents) {
            plan.addObject()
                    .put("change", batch.replaces(document) ? "changed" : "added")
                    .put("kind", "policy")
                    .put("name", name(document));
        }
        json.set("plan", plan);
        json.put("applied", !dry);
        json.set("newly_allowed", report.json());
        if (dry) {
            return json;
        }
        List<Step> steps = documents.stream().map(each -> step(each, report, by)).toList();
        try {
            stored.put(batch, () -> organisation.carryOut(draft, changes, steps, by));
        } catch (StoredPolicies.Overtaken overtaken) {
            throw Problem.conflict(
                    "a policy was changed at the same time; nothing was changed by this, try again");
        }
        return json;
    }

    private static void section(Reorganisation draft, Entity.Kind kind, ObjectNode body) {
        JsonNode section = body.path(kind.plural());
        if (section.isMissingNode() || section.isNull()) {
            return;
        }
        String at = "/" + kind.plural();
        if (!(section instanceof ObjectNode map)) {
            throw Problem.badRequest("`" + kind.plural() + "` must be a map by name").at(at);
        }
        for (Map.Entry<String, JsonNode> each : map.properties()) {
            String place = at + "/" + pointer(each.getKey());
            JsonNode value = each.getValue();
            if (!value.isNull() && !value.isObject()) {
                throw Problem.badRequest("expected settings as `name: value`").at(place);
            }
            ObjectNode written =
                    value instanceof ObjectNode object
                            ? object
                            : JsonNodeFactory.instance.objectNode();
            within(
                    place,
                    () -> draft.put(EntityReader.read(kind, each.getKey(), written), written));
        }
    }

    /** What goes wrong there says so. */
    private static <T> T at(String place, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (Problem problem) {
            throw problem.at(place);
        }
    }

    private static void within(String place, Runnable reading) {
        try {
            reading.run();
        } catch (Problem problem) {
            throw problem.at(place);
        }
    }

    /** As RFC 6901 writes a name in a pointer. */
    private static String pointer(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    private void prune(Reorganisation draft, ObjectNode body) {
        for (Entity.Kind kind : List.of(Entity.Kind.values()).reversed()) {
            JsonNode section = body.path(kind.plural());
            if (section instanceof ObjectNode named) {
                Set<String> kept = new HashSet<>();
                named.fieldNames()
                        .forEachRemaining(name ->
                                kept.add(
                                        kind == Entity.Kind.PERSON
                                                ? EntityReader.email(name)
                                                : name));
                prune(draft, kind, kept);
            }
        }
    }

    private void prune(Reorganisation draft, Entity.Kind kind, Set<String> kept) {
        String after = "";
        List<Entity> part;
        do {
            part = store.list(kind, after, MOST);
            for (Entity each : part) {
                after = each.id();
                if (!kept.contains(each.id())) {
                    draft.remove(kind, each.id());
                }
            }
        } while (part.size() == MOST);
    }

    private List<Stored> policies(ObjectNode body, Principal by) {
        List<Stored> documents = new ArrayList<>();
        if (!body.hasNonNull("policies")) {
            return documents;
        }
        List<ObjectNode> written =
                at("/policies", () -> new Fields(body, names(body)).objects("policies", 1_000));
        for (int i = 0; i < written.size(); i++) {
            ObjectNode each = written.get(i);
            Stored document = at("/policies/" + i, () -> policy(each, by));
            boolean there =
                    stored.now().stored().stream()
                            .anyMatch(known ->
                                    known.level() == document.level()
                                            && known.of().equals(document.of())
                                            && known.name().equals(document.name())
                                            && known.text().equals(document.text()));
            if (!there) {
                documents.add(document);
            }
        }
        if (!documents.isEmpty() && by instanceof Principal.Person person) {
            Problem.require(person, Permission.POLICY);
        }
        return documents;
    }

    private static String[] names(ObjectNode body) {
        List<String> names = new ArrayList<>();
        body.fieldNames().forEachRemaining(names::add);
        return names.toArray(String[]::new);
    }

    private Stored policy(ObjectNode written, Principal by) {
        Fields fields = new Fields(written, "level", "of", "file", "text");
        String of = fields.text("of", 200).orElse("");
        Level level = PolicyRoutes.level(fields.text("level", 20).orElse("tenant"), of);
        String file = fields.text("file", 300).orElse("policy.yaml");
        String text = fields.required("text", 1 << 20);
        return new Stored(
                level, of, PolicyReader.name(file, text), file, text, by.name(), clock.instant());
    }

    private static void requireUsable(StoredPolicies.Batch batch, ObjectNode body) {
        for (int i = 0; i < batch.documents().size(); i++) {
            List<String> errors =
                    batch.problems().get(i).stream()
                            .filter(PolicyProblem::error)
                            .map(PolicyProblem::toString)
                            .limit(20)
                            .toList();
            if (!errors.isEmpty()) {
                throw Problem.badRequest(String.join("\n", errors))
                        .at("/policies/" + index(body, batch.documents().get(i)));
            }
        }
        if (!batch.usable()) {
            throw Problem.badRequest(String.join("\n", batch.state().problems())).at("/policies");
        }
    }

    private static int index(ObjectNode body, Stored document) {
        JsonNode list = body.path("policies");
        for (int i = 0; i < list.size(); i++) {
            if (list.path(i).path("text").asText().equals(document.text())) {
                return i;
            }
        }
        return 0;
    }

    private static String name(Stored document) {
        return document.level().wire()
                + (document.of().isEmpty() ? "" : "/" + document.of())
                + "/"
                + document.name();
    }

    private Step step(Stored document, Widening.Report report, Principal by) {
        Instant now = clock.instant();
        ObjectNode body =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("level", document.level().wire())
                        .put("of", document.of())
                        .put("name", document.name())
                        .put("file", document.file())
                        .put("sha256", Sha256.hex(document.text()))
                        .put("change", "put")
                        .put("by", by.name())
                        .put("text", document.text());
        body.set("newly_allowed", report.json());
        return new Step.Policy(
                List.of(
                        document.level().wire(),
                        document.of(),
                        document.name(),
                        document.file(),
                        document.text(),
                        document.person(),
                        document.at().toString()),
                AuditRecord.change(
                        "policy",
                        now,
                        by.email(),
                        null,
                        by.name() + " put " + document.level().wire() + "/" + document.name(),
                        body));
    }
}
