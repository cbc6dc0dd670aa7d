package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Places;
import dev.countersign.api.PolicyRoutes;
import dev.countersign.api.Problem;
import dev.countersign.api.TryRoute;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.ledger.Sha256;
import dev.countersign.people.Permission;
import dev.countersign.policy.Level;
import dev.countersign.policy.Library;
import dev.countersign.policy.PolicyProblem;
import dev.countersign.policy.PolicyReader;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One document of the server: its text, what a change of it would newly allow, and what was changed
 * before. Nothing is put in force that its person has not seen the consequences of.
 */
public final class DocumentPages {
    private static final int MOST_TRIED = 20;

    /** What a first document may look like. */
    private static final String FIRST =
            """
            policy: my-team
            profile: standard
            autonomy: partial
            rules:
              - ask: {git_push: {branch: main}}
                reason: Two people look at what goes to main.
              - deny: {shell_run: "git push --force *"}
                reason: History that others have is not rewritten.
            """;

    private static final String LOCAL_COMMITS =
            """
            policy: local-commits
            rules:
              - local_commits_quiet
            """;

    private final Site site;
    private final PolicyRoutes policies;
    private final TryRoute trying;
    private final Places places;
    private final PolicyHistory history;
    private final Clock clock;

    DocumentPages(
            Site site,
            PolicyRoutes policies,
            TryRoute trying,
            Places places,
            PolicyHistory history,
            Clock clock) {
        this.history = history;
        this.site = site;
        this.policies = policies;
        this.trying = trying;
        this.places = places;
        this.clock = clock;
    }

    static String href(String level, String of, String name) {
        return "/policies/document?level="
                + Visit.part(level)
                + (of.isEmpty() ? "" : "&of=" + Visit.part(of))
                + "&name="
                + Visit.part(name);
    }

    /**
     * Which document, and what a person made of it so far.
     *
     * @param name what the stored one is called, or empty for a new one
     */
    private record Draft(String level, String of, String name, String file, String text) {
        static Draft of(Visit visit) {
            return new Draft(
                    visit.text("level", 20),
                    visit.text("of", 200),
                    visit.text("name", 200),
                    visit.text("file", 300).isEmpty() ? "policy.yaml" : visit.text("file", 300),
                    // Forms send lines as no file has them.
                    visit.field("text").replace("\r\n", "\n"));
        }

        /** What it would be stored under. */
        String storedName() {
            return PolicyReader.name(file, text);
        }
    }

    /** What was found out about a draft; each part may be missing. */
    private record Found(
            PolicyRoutes.@Nullable Lint lint,
            @Nullable ChangeView change,
            List<TriedView> tried,
            String problem) {
        static final Found NOTHING = new Found(null, null, List.of(), "");

        static Found problem(String text) {
            return new Found(null, null, List.of(), text);
        }
    }

    void document(Visit visit) {
        Optional<String> title = visit.query("document");
        if (title.isPresent()) {
            titled(visit, title.get());
            return;
        }
        String level = visit.query("level").orElse("");
        String of = visit.query("of").orElse("");
        Optional<String> name = visit.query("name").filter(each -> !each.isEmpty());
        if (name.isEmpty()) {
            String stands = level.isEmpty() ? Level.TENANT.wire() : level;
            String text =
                    visit.query("start").equals(Optional.of("local-commits"))
                            ? LOCAL_COMMITS
                            : FIRST;
            show(visit, 200, new Draft(stands, of, "", "policy.yaml", text), Found.NOTHING);
            return;
        }
        JsonNode stored = stored(level, of, name.get());
        Optional<String> older =
                visit.query("version")
                        .map(Visit::number)
                        .flatMap(index -> version(level, of, name.get(), index));
        if (stored.isMissingNode() && older.isEmpty()) {
            show(
                    visit,
                    404,
                    new Draft(level, of, name.get(), "policy.yaml", ""),
                    Found.problem(Texts.say("document.it-is-not-in")));
            return;
        }
        Draft draft =
                new Draft(
                        level,
                        of,
                        name.get(),
                        stored.path("file").asText("policy.yaml"),
                        older.orElse(stored.path("text").asText()));
        show(
                visit,
                200,
                draft,
                older.isPresent()
                        ? Found.problem(Texts.say("document.this-is-what-it"))
                        : Found.NOTHING);
    }

    /** The page of a document as explanations name it: by its level and what it calls itself. */
    private void titled(Visit visit, String title) {
        for (JsonNode each : policies.list(List.of()).path("policies")) {
            if (title.equals(each.path("level").asText() + "/" + each.path("name").asText())) {
                visit.redirect(
                        href(
                                each.path("level").asText(),
                                each.path("of").asText(),
                                each.path("name").asText()));
                return;
            }
        }
        site.message(
                visit.request(),
                visit.response(),
                404,
                Texts.say("document.not-on-the-server"),
                Texts.say("document.is-a-file", title),
                "");
    }

    private JsonNode stored(String level, String of, String name) {
        for (JsonNode each : policies.list(List.of()).path("policies")) {
            if (each.path("level").asText().equals(level)
                    && each.path("of").asText().equals(of)
                    && each.path("name").asText().equals(name)) {
                return each;
            }
        }
        return JsonNodeFactory.instance.missingNode();
    }

    private Optional<String> version(String level, String of, String name, long index) {
        return history.of(level, of, name)
                .valueStream()
                .filter(change -> change.path("index").asLong(-1) == index)
                .map(change -> change.path("text").asText())
                .findFirst();
    }

    /** Says what is wrong with a draft, what it would change, or what calls come to under it. */
    void check(Visit visit) throws NotRecorded {
        Draft draft = Draft.of(visit);
        try {
            PolicyRoutes.Lint lint = lint(draft, visit);
            switch (visit.field("answer")) {
                case "lint" -> show(visit, 200, draft, new Found(lint, null, List.of(), ""));
                case "try" ->
                        show(
                                visit,
                                lint.usable() ? 200 : 400,
                                draft,
                                new Found(
                                        lint,
                                        null,
                                        lint.usable() ? tried(draft, visit) : List.of(),
                                        ""));
                default -> look(visit, draft, lint, "");
            }
        } catch (Problem problem) {
            refused(visit, draft, problem);
        }
    }

    private void look(Visit visit, Draft draft, PolicyRoutes.Lint lint, String problem)
            throws NotRecorded {
        @Nullable ChangeView change =
                lint.usable()
                        ? ChangeView.of(
                                policies.put(
                                        draft.level(),
                                        draft.of(),
                                        body(draft).put("dry_run", true),
                                        visit.person()),
                                LineDiff.of(before(draft), draft.text()),
                                Sha256.hex(draft.text()))
                        : null;
        show(
                visit,
                lint.usable() ? problem.isEmpty() ? 200 : 409 : 400,
                draft,
                new Found(lint, change, List.of(), problem));
    }

    /** Names all that is in force: what a change newly allows depends on the other documents. */
    private String inForce() {
        StringBuilder all = new StringBuilder();
        policies.list(List.of())
                .path("policies")
                .forEach(each ->
                        all.append(each.path("level").asText())
                                .append('\0')
                                .append(each.path("of").asText())
                                .append('\0')
                                .append(each.path("name").asText())
                                .append('\0')
                                .append(each.path("sha256").asText())
                                .append('\n'));
        return Sha256.hex(all.toString());
    }

    private String before(Draft draft) {
        return stored(draft.level(), draft.of(), draft.storedName()).path("text").asText("");
    }

    private static ObjectNode body(Draft draft) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("file", draft.file())
                .put("text", draft.text());
    }

    private PolicyRoutes.Lint lint(Draft draft, Visit visit) {
        return policies.lint(draft.level(), draft.of(), draft.file(), draft.text(), visit.person());
    }

    private List<TriedView> tried(Draft draft, Visit visit) {
        List<TriedView> tried = new ArrayList<>();
        List<String> lines =
                visit.field("calls")
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .limit(MOST_TRIED)
                        .toList();
        for (String line : lines) {
            ObjectNode body = BenchPages.call("Bash", line, "", "");
            ObjectNode document = body.putObject("draft");
            document.put("level", draft.level()).put("of", draft.of());
            document.put("file", draft.file()).put("text", draft.text());
            tried.add(TriedView.of(line, trying.tried(visit.request(), body, visit.person())));
        }
        return tried;
    }

    /** Puts a document in force whose consequences were shown. */
    void put(Visit visit) throws NotRecorded {
        Draft draft = Draft.of(visit);
        try {
            PolicyRoutes.Lint lint = lint(draft, visit);
            boolean seen =
                    visit.field("seen").equals(Sha256.hex(draft.text()))
                            && visit.field("over").equals(inForce());
            if (!lint.usable() || !seen) {
                look(
                        visit,
                        draft,
                        lint,
                        lint.usable() ? Texts.say("document.nothing-is-in-force") : "");
                return;
            }
            ObjectNode answer =
                    policies.put(draft.level(), draft.of(), body(draft), visit.person());
            visit.redirect("/policies?put=" + Visit.part(answer.path("name").asText()));
        } catch (Problem problem) {
            refused(visit, draft, problem);
        }
    }

    /** Takes a document out of force, once it was shown what that newly allows. */
    void remove(Visit visit) throws NotRecorded {
        String level = visit.text("level", 20);
        String of = visit.text("of", 200);
        String name = visit.text("name", 200);
        JsonNode stored = stored(level, of, name);
        String text = stored.path("text").asText("");
        boolean seen =
                visit.field("answer").equals("remove") && visit.field("over").equals(inForce());
        ObjectNode answer =
                policies.remove(
                        level,
                        of,
                        Optional.of(name),
                        seen ? Optional.empty() : Optional.of("true"),
                        visit.person());
        if (seen) {
            visit.redirect("/policies?removed=" + Visit.part(name));
            return;
        }
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put(
                "frame",
                site.frame(visit, Texts.say("document.take-out-of-force"), "policies", false));
        model.put("level", level);
        model.put("of", of);
        model.put("name", name);
        model.put("href", href(level, of, name));
        model.put("change", ChangeView.of(answer, LineDiff.of(text, ""), Sha256.hex("")));
        model.put("over", inForce());
        site.page(visit.response(), 200, "policyRemoval", model);
    }

    /** What only a page of its own can say goes there; the rest stands above the text. */
    private void refused(Visit visit, Draft draft, Problem problem) {
        if (problem.kind() == Problem.Kind.STEP_UP || problem.kind() == Problem.Kind.TOO_MANY) {
            throw problem;
        }
        show(visit, problem.kind().status(), draft, Found.problem(Site.sentence(problem.detail())));
    }

    private void show(Visit visit, int status, Draft draft, Found found) {
        Instant now = clock.instant();
        JsonNode stored = stored(draft.level(), draft.of(), draft.name());
        // It goes through the ledger, so who wants it asks for it.
        boolean wanted = stored.isMissingNode() || visit.query("history").isPresent();
        List<VersionView> versions =
                draft.name().isEmpty() || !wanted
                        ? List.of()
                        : VersionView.of(
                                history.of(draft.level(), draft.of(), draft.name()),
                                href(draft.level(), draft.of(), draft.name()),
                                now);
        PolicyRoutes.Lint lint = found.lint();
        Map<String, @Nullable Object> model = new HashMap<>();
        String title = draft.name().isEmpty() ? Texts.say("document.new-policy") : draft.name();
        model.put("frame", site.frame(visit, title, "policies", false));
        model.put("title", title);
        model.put("levels", PolicyPages.levels());
        model.put("level", draft.level());
        model.put("of", draft.of());
        model.put("name", draft.name());
        model.put("file", draft.file());
        model.put("text", draft.text());
        String becomes = lint == null ? draft.name() : draft.storedName();
        model.put(
                "renamed", !draft.name().isEmpty() && !becomes.equals(draft.name()) ? becomes : "");
        model.put("names", names());
        model.put("stored", !stored.isMissingNode());
        model.put("who", stored.path("person").asText(""));
        model.put(
                "at",
                stored.isMissingNode()
                        ? null
                        : Moment.since(Instant.parse(stored.path("at").asText()), now));
        model.put("problem", found.problem());
        model.put("checked", lint != null);
        model.put("usable", lint != null && lint.usable());
        model.put("problems", lint == null ? List.of() : problems(lint.problems()));
        model.put(
                "others",
                lint == null ? List.of() : lint.others().stream().map(Drawing::words).toList());
        model.put("change", found.change());
        model.put("over", inForce());
        model.put("calls", visit.field("calls"));
        model.put("tried", found.tried());
        model.put("versions", versions);
        model.put(
                "history",
                stored.isMissingNode() || wanted
                        ? ""
                        : href(draft.level(), draft.of(), draft.name()) + "&history=yes#history");
        model.put("barred", barred(visit, draft));
        site.page(visit.response(), status, "policy", model);
    }

    private String barred(Visit visit, Draft draft) {
        Optional<Level> level = Level.of(draft.level());
        return level.isEmpty()
                ? ""
                : Site.barred(
                        visit.person(), Permission.POLICY, places.of(level.get(), draft.of()));
    }

    /** What may be named in {@code use} and {@code rules}, for who types. */
    private static String names() {
        return Library.builtIn().entries().stream()
                .map(Library.Entry::name)
                .collect(Collectors.joining(" "));
    }

    private static List<ProblemView> problems(List<PolicyProblem> problems) {
        return problems.stream()
                .limit(100)
                .map(each ->
                        new ProblemView(
                                each.line(),
                                each.column(),
                                each.error(),
                                Drawing.words(each.message())))
                .toList();
    }

    /**
     * Something wrong at a place of a text.
     *
     * @param error whether it cannot be put in force so
     */
    public record ProblemView(int line, int column, boolean error, List<Drawing.Piece> text) {}

    /**
     * What a change would do.
     *
     * @param count how many of the calls that were tried become allowed
     * @param examples how many examples were tried
     * @param records how many recorded calls were tried
     * @param limits what was not tried, or empty
     * @param allowed those calls
     * @param diff what changes in the text
     * @param seen by which the form shows that this was seen
     */
    public record ChangeView(
            int count,
            int examples,
            int records,
            String limits,
            List<AllowedView> allowed,
            LineDiff diff,
            String seen) {
        static ChangeView of(ObjectNode answer, LineDiff diff, String seen) {
            JsonNode report = answer.path("newly_allowed");
            return new ChangeView(
                    report.path("count").asInt(),
                    report.path("examples").asInt(),
                    report.path("records").asInt(),
                    report.path("limits").asText(),
                    report.path("calls")
                            .valueStream()
                            .map(one ->
                                    new AllowedView(
                                            Drawing.of(one.path("call").asText()),
                                            one.path("before").asText(),
                                            one.path("recorded").asInt(),
                                            one.path("because").asText()))
                            .toList(),
                    diff,
                    seen);
        }
    }

    /**
     * What a call comes to, as it is and under a draft.
     *
     * @param call drawn
     * @param reason why, under the draft
     */
    public record TriedView(
            List<Drawing.Piece> call, String now, String then, List<Drawing.Piece> reason) {
        static TriedView of(String line, ObjectNode answer) {
            return new TriedView(
                    Drawing.of(line),
                    answer.path("now").path("effect").asText(),
                    answer.path("draft").path("effect").asText(),
                    Drawing.words(answer.path("draft").path("reason").asText()));
        }
    }

    /**
     * What somebody did to a document.
     *
     * @param index of its record
     * @param words such as {@code changed}
     * @param newlyAllowed how many of the calls that were tried became allowed
     * @param href the document as it was then
     */
    public record VersionView(
            long index,
            String who,
            String words,
            Moment at,
            int newlyAllowed,
            LineDiff diff,
            String href) {
        static List<VersionView> of(JsonNode changes, String page, Instant now) {
            List<JsonNode> list = changes.valueStream().toList();
            List<VersionView> views = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                JsonNode change = list.get(i);
                boolean puts = change.path("change").asText().equals("put");
                JsonNode last = i + 1 < list.size() ? list.get(i + 1) : null;
                String before =
                        last == null || !last.path("change").asText().equals("put")
                                ? ""
                                : last.path("text").asText();
                views.add(
                        new VersionView(
                                change.path("index").asLong(),
                                change.path("by").asText(),
                                puts
                                        ? before.isEmpty()
                                                ? Texts.say("document.put-it-in-force")
                                                : Texts.say("document.changed-it")
                                        : Texts.say("document.took-it-out-of"),
                                Moment.since(Instant.parse(change.path("at").asText()), now),
                                change.path("newly_allowed").asInt(),
                                LineDiff.of(before, puts ? change.path("text").asText() : ""),
                                puts ? page + "&version=" + change.path("index").asLong() : ""));
            }
            return views;
        }
    }
}
