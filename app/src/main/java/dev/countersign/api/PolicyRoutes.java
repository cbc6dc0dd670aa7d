package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.Context;
import dev.countersign.call.Machine;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.EffectiveJson;
import dev.countersign.decision.PolicyStore.Stored;
import dev.countersign.decision.StoredPolicies;
import dev.countersign.decision.StoredPolicies.Draft;
import dev.countersign.decision.WaitingFiles;
import dev.countersign.decision.WaitingFiles.Broken;
import dev.countersign.decision.Widening;
import dev.countersign.ledger.Sha256;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import dev.countersign.policy.Level;
import dev.countersign.policy.Policy;
import dev.countersign.policy.PolicyLint;
import dev.countersign.policy.PolicyProblem;
import dev.countersign.policy.PolicyReader;
import dev.countersign.policy.PolicySnapshot;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** {@code /v1/policies}: the documents put on the server. */
public final class PolicyRoutes {
    /** As many changes of one document as anybody reads. */
    private static final int MOST_CHANGES = 100;

    /** How many changes of policies are looked at for those of one document. */
    private static final int MOST_LOOKED_AT = 5_000;

    private static final int PAGE = 200;
    private static final int MOST_TEXT = 1 << 20;

    /** What a document is called as a file that nobody named. */
    private static final String FILE = "policy.yaml";

    /** How often a change is tried that others overtake. */
    private static final int MOST_TRIES = 5;

    private final StoredPolicies stored;
    private final Function<StoredPolicies.State, Function<ToolCall, PolicySnapshot>> snapshots;
    private final Widening widening;
    private final WaitingFiles files;
    private final Function<String, Set<String>> people;
    private final Places places;
    private final AuditQuery audit;
    private final Clock clock;

    /**
     * The routes.
     *
     * @param people whom a source of approvers finds, by e-mail
     * @param places knows who may change the policies of a team or project
     * @param audit has what was changed before
     */
    PolicyRoutes(
            StoredPolicies stored,
            Function<StoredPolicies.State, Function<ToolCall, PolicySnapshot>> snapshots,
            Widening widening,
            WaitingFiles files,
            Function<String, Set<String>> people,
            Places places,
            AuditQuery audit,
            Clock clock) {
        this.audit = audit;
        this.places = places;
        this.files = files;
        this.stored = stored;
        this.snapshots = snapshots;
        this.widening = widening;
        this.people = people;
        this.clock = clock;
    }

    /**
     * The documents.
     *
     * @param broken files of workspaces that cannot be used as they are now
     */
    public ObjectNode list(List<String> broken) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("policies");
        for (Stored document : stored.now().stored()) {
            list.add(
                    json(document)
                            .put("person", document.person())
                            .put("at", document.at().toString())
                            .put("text", document.text()));
        }
        ArrayNode problems = json.putArray("problems");
        stored.now().problems().forEach(problems::add);
        broken.forEach(problems::add);
        return json;
    }

    /**
     * Everything in force for an agent, each line with its origin.
     *
     * @param workspace absolute; without it only the documents on the server count
     * @param here whether whoever asks is on this machine; nobody else is shown what lies on it
     */
    public ObjectNode effective(Optional<String> agent, Optional<String> workspace, boolean here) {
        String folder = workspace.orElse("/");
        if (folder.length() > 4_096 || (workspace.isPresent() && !absolute(folder))) {
            throw Problem.badRequest("`workspace` is no absolute path");
        }
        String name = agent.orElse("main");
        ToolCall call =
                new ToolCall(
                        "policy",
                        "Bash",
                        JsonNodeFactory.instance.objectNode(),
                        new Context(
                                folder,
                                folder,
                                "/",
                                Shell.BASH,
                                "linux",
                                Map.of(),
                                here ? Machine.HERE : Machine.UNKNOWN),
                        Subject.local(name),
                        null,
                        null,
                        null);
        Optional<Broken> broken = workspace.filter(_ -> here).flatMap(files::broken);
        PolicySnapshot documents =
                workspace.isPresent()
                        ? snapshots.apply(stored.now()).apply(call)
                        : PolicySnapshot.of(stored.now().policies());
        ObjectNode json = EffectiveJson.of(name, documents.applyingTo(call), broken);
        if (workspace.isPresent() && !here) {
            EffectiveJson.unseen(json);
        }
        return json;
    }

    /**
     * Puts a document in force, after saying what it newly allows; with {@code dry_run} only says
     * it.
     *
     * @throws Problem when this caller may not, or the document has an error: then nothing changed
     */
    public ObjectNode put(String level, String of, ObjectNode body, Principal principal)
            throws NotRecorded {
        Level stands = level(level, of);
        Places.require(principal, Permission.POLICY, places.of(stands, of));
        Fields fields = new Fields(body, "file", "text", "dry_run");
        String file = fields.text("file", 300).orElse(FILE);
        String text = fields.required("text", MOST_TEXT);
        boolean dry = fields.yes("dry_run").orElse(false);
        return made(!dry, principal, () -> draft(stands, of, file, text, principal));
    }

    /** A document tried in place of its namesake: beside it, a template would be defined twice. */
    private Draft draft(Level level, String of, String file, String text, Principal by) {
        return stored.with(
                new Stored(
                        level,
                        of,
                        PolicyReader.name(file, text),
                        file,
                        text,
                        by.name(),
                        clock.instant()));
    }

    /**
     * What would be in force with a document of a body: {@code level}, {@code of}, {@code file} and
     * {@code text}.
     *
     * @throws Problem when the document has an error
     */
    Draft usable(ObjectNode body, Principal by) {
        Fields fields = new Fields(body, "level", "of", "file", "text");
        String of = fields.text("of", 200).orElse("");
        Draft draft =
                draft(
                        level(fields.required("level", 10), of),
                        of,
                        fields.text("file", 300).orElse(FILE),
                        fields.required("text", MOST_TEXT),
                        by);
        requireUsable(draft);
        return draft;
    }

    /**
     * What is wrong with a document, in the order of its lines.
     *
     * @param problems errors and warnings in it
     * @param others what it would break elsewhere
     */
    public record Lint(List<PolicyProblem> problems, List<String> others) {
        public Lint {
            problems = List.copyOf(problems);
            others = List.copyOf(others);
        }

        /** Whether it may be put in force. */
        public boolean usable() {
            return others.isEmpty() && problems.stream().noneMatch(PolicyProblem::error);
        }
    }

    /** Reads a document as {@link #put} would, and stores nothing. */
    public Lint lint(String level, String of, String file, String text, Principal by) {
        Draft draft = draft(level(level, of), of, file, text, by);
        List<PolicyProblem> problems = new ArrayList<>(draft.problems());
        List<String> others = List.of();
        if (draft.usable()) {
            problems.addAll(warnings(draft));
        } else if (problems.stream().noneMatch(PolicyProblem::error)) {
            others = new ArrayList<>(draft.state().problems());
            others.removeAll(draft.before().problems());
        }
        problems.sort(
                Comparator.comparingInt(PolicyProblem::line)
                        .thenComparingInt(PolicyProblem::column));
        return new Lint(problems, others);
    }

    private List<PolicyProblem> warnings(Draft draft) {
        Policy document = draft.state().policies().getFirst();
        List<PolicyProblem> warnings =
                new ArrayList<>(
                        PolicyLint.warnings(document, draft.state().policies(), clock.instant()));
        warnings.addAll(PolicyLint.approvers(document, people));
        return warnings;
    }

    /** Finds records of changes of policies. */
    @FunctionalInterface
    public interface Changes {
        /**
         * Those with a smaller index, newest first.
         *
         * @param most as many at once
         */
        List<Recorded> before(long index, int most);
    }

    /** What was done to a document, newest first, each with what it said then. */
    ObjectNode history(Optional<String> level, Optional<String> of, Optional<String> name) {
        return history(
                level.orElse(""),
                of.orElse(""),
                name.orElse(""),
                (before, most) -> audit.list(Map.of("kind", "policy"), before, most));
    }

    /** The same where somebody knows a faster way to such records. */
    public ObjectNode history(String level, String of, String name, Changes found) {
        String stands = level(level, of).wire();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode changes = json.putArray("changes");
        long before = Long.MAX_VALUE;
        for (int looked = 0; looked < MOST_LOOKED_AT && changes.size() < MOST_CHANGES; ) {
            List<Recorded> some = found.before(before, PAGE);
            for (Recorded record : some) {
                JsonNode body = record.body().path("body");
                if (changes.size() < MOST_CHANGES
                        && body.path("level").asText().equals(stands)
                        && body.path("of").asText().equals(of)
                        && body.path("name").asText().equals(name)) {
                    changes.add(change(record, body));
                }
            }
            looked += some.size();
            if (some.size() < PAGE) {
                break;
            }
            before = some.getLast().index();
        }
        return json;
    }

    private static ObjectNode change(Recorded record, JsonNode body) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("index", record.index())
                .put("at", record.body().path("at").asText())
                .put("change", body.path("change").asText())
                .put("by", body.path("by").asText())
                .put("file", body.path("file").asText())
                .put("sha256", body.path("sha256").asText())
                .put("newly_allowed", body.path("newly_allowed").path("count").asInt())
                .put("text", body.path("text").asText());
    }

    /** Takes a document out of force, and says what that newly allows. */
    public ObjectNode remove(
            String level,
            String of,
            Optional<String> name,
            Optional<String> dryRun,
            Principal principal)
            throws NotRecorded {
        Level stands = level(level, of);
        Places.require(principal, Permission.POLICY, places.of(stands, of));
        return made(
                dryRun.filter("true"::equals).isEmpty(),
                principal,
                () -> stored.without(find(stands, of, name)));
    }

    private Stored find(Level level, String of, Optional<String> name) {
        List<Stored> there =
                stored.now().stored().stream()
                        .filter(s -> s.level() == level && s.of().equals(of))
                        .filter(s -> name.isEmpty() || s.name().equals(name.get()))
                        .toList();
        if (there.size() != 1) {
            throw there.isEmpty()
                    ? Problem.notFound("no such policy at this level")
                    : Problem.badRequest(
                            "several policies stand there; name one with `?name=`: "
                                    + String.join(", ", there.stream().map(Stored::name).toList()));
        }
        return there.getFirst();
    }

    /**
     * Tries a change, and makes it as it was tried. When another one comes between, it is tried
     * anew, so that what is answered is what this change newly allows.
     */
    private ObjectNode made(boolean really, Principal principal, Supplier<Draft> change)
            throws NotRecorded {
        for (int i = 0; i < MOST_TRIES; i++) {
            Draft draft = change.get();
            requireForAll(draft, principal);
            requireUsable(draft);
            Widening.Report report =
                    widening.between(
                            snapshots.apply(draft.before()), snapshots.apply(draft.state()));
            ObjectNode answer = json(draft.document());
            answer.put(draft.puts() ? "stored" : "removed", really);
            answer.set("newly_allowed", report.json());
            if (draft.puts()) {
                List<PolicyProblem> warnings = new ArrayList<>(draft.problems());
                warnings.addAll(warnings(draft));
                problems(answer, warnings);
            }
            if (!really) {
                return answer;
            }
            try {
                stored.put(draft, event(principal, draft, report));
                return answer;
            } catch (StoredPolicies.Overtaken overtaken) {
                // Tried anew on what is in force now.
            }
        }
        throw Problem.conflict(
                "other policies are changed all the time; nothing was changed by this, try again");
    }

    private static boolean absolute(String path) {
        try {
            return Path.of(path).isAbsolute();
        } catch (InvalidPathException e) {
            return false;
        }
    }

    static Level level(String level, String of) {
        Level stands =
                Level.of(level)
                        .orElseThrow(() ->
                                Problem.badRequest(
                                        "`"
                                                + Fields.shown(level)
                                                + "` is no level; expected tenant, team, project"
                                                + " or agent"));
        if (stands == Level.TENANT && !of.isEmpty()) {
            throw Problem.badRequest("a tenant's policy is for everyone; leave out the name");
        }
        if (stands != Level.TENANT && of.isEmpty()) {
            throw Problem.badRequest(
                    "a policy of a " + level + " says of which: /v1/policies/" + level + "/NAME");
        }
        if (of.length() > 200) {
            throw Problem.badRequest("the name has more than 200 characters");
        }
        return stands;
    }

    /** What a template says, documents say elsewhere, too: wherever they use it. */
    private static void requireForAll(Draft draft, Principal principal) {
        if (draft.defines()
                && principal instanceof Principal.Person person
                && !person.may(Permission.POLICY)) {
            throw Problem.forbidden(
                    "templates and named rules are for all documents: to put, change or remove one"
                            + " takes a role for the whole organisation that permits `policy`");
        }
    }

    private static void requireUsable(Draft draft) {
        if (draft.usable()) {
            return;
        }
        if (!draft.puts()) {
            throw Problem.badRequest(
                    "another policy needs it: " + String.join("; ", draft.state().problems()));
        }
        List<String> errors =
                draft.problems().stream()
                        .filter(PolicyProblem::error)
                        .map(PolicyProblem::toString)
                        .limit(20)
                        .toList();
        throw Problem.badRequest(
                String.join("\n", errors.isEmpty() ? draft.state().problems() : errors));
    }

    private static ObjectNode json(Stored document) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("level", document.level().wire())
                .put("of", document.of())
                .put("name", document.name())
                .put("file", document.file())
                .put("sha256", Sha256.hex(document.text()));
    }

    private static void problems(ObjectNode json, List<PolicyProblem> problems) {
        ArrayNode warnings = json.putArray("warnings");
        problems.forEach(problem -> warnings.add(problem.toString()));
    }

    private AuditRecord event(Principal principal, Draft draft, Widening.Report report) {
        Stored document = draft.document();
        String what = draft.puts() ? "put" : "removed";
        ObjectNode body = json(document).put("change", what).put("by", principal.name());
        body.put("text", document.text());
        body.set("newly_allowed", report.json());
        return AuditRecord.change(
                "policy",
                clock.instant(),
                principal instanceof Principal.Person person ? person.email() : null,
                null,
                principal.name()
                        + " "
                        + what
                        + " "
                        + document.level().wire()
                        + "/"
                        + document.name(),
                body);
    }
}
