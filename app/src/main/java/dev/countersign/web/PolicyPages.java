package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.PolicyRoutes;
import dev.countersign.api.Problem;
import dev.countersign.decision.WaitingFiles;
import dev.countersign.policy.Level;
import dev.countersign.policy.PolicySnapshot;
import io.helidon.webserver.http.ServerRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The documents there are, and what they come to together for an agent. */
public final class PolicyPages {
    private final Site site;
    private final PolicyRoutes policies;
    private final WaitingFiles files;
    private final Predicate<ServerRequest> here;
    private final Clock clock;

    PolicyPages(
            Site site,
            PolicyRoutes policies,
            WaitingFiles files,
            Predicate<ServerRequest> here,
            Clock clock) {
        this.here = here;
        this.site = site;
        this.policies = policies;
        this.files = files;
        this.clock = clock;
    }

    void list(Visit visit) {
        Instant now = clock.instant();
        ObjectNode listed = policies.list(List.of());
        Map<String, List<DocumentRow>> levels = new LinkedHashMap<>();
        listed.path("policies")
                .forEach(each ->
                        levels.computeIfAbsent(each.path("level").asText(), _ -> new ArrayList<>())
                                .add(DocumentRow.of(each, now)));
        List<String> problems = new ArrayList<>();
        listed.path("problems").forEach(each -> problems.add(each.asText()));
        site.page(
                visit.response(),
                200,
                "policies",
                Map.of(
                        "frame",
                        site.frame(visit, Texts.say("policy.policies"), "policies", false),
                        "levels",
                        levels,
                        "problems",
                        problems.stream().map(Drawing::words).toList(),
                        "broken",
                        files.problems().stream().map(FileView.Broken::of).toList(),
                        "waiting",
                        files.waiting().stream().map(FileView::of).toList(),
                        "builtIn",
                        PolicySnapshot.DEFAULTS,
                        "notice",
                        Drawing.of(
                                visit.query("put")
                                        .map(name -> Texts.say("policies.is-in-force", name))
                                        .or(() ->
                                                visit.query("removed")
                                                        .map(name ->
                                                                Texts.say(
                                                                        "policies.is-not-in-force",
                                                                        name)))
                                        .orElse(""))));
    }

    /** Everything in force for an agent, in groups of what it is about. */
    void effective(Visit visit) {
        String agent = visit.query("agent").map(String::strip).orElse("");
        String workspace = visit.query("workspace").map(String::strip).orElse("");
        Map<String, List<Line>> groups = new LinkedHashMap<>();
        Line.GROUPS.forEach(group -> groups.put(Texts.say(group), new ArrayList<>()));
        String problem = "";
        String version = "";
        try {
            ObjectNode effective =
                    policies.effective(
                            Optional.of(agent.isEmpty() ? "main" : agent),
                            Optional.of(workspace).filter(each -> !each.isEmpty()),
                            here.test(visit.request()));
            version = effective.path("version").asText();
            Map<String, String> pages = new HashMap<>();
            policies.list(List.of())
                    .path("policies")
                    .forEach(each ->
                            pages.put(
                                    each.path("level").asText() + "/" + each.path("name").asText(),
                                    DocumentRow.href(each)));
            for (JsonNode line : effective.path("lines")) {
                Line one = Line.of(line, pages);
                groups.computeIfAbsent(one.group(), _ -> new ArrayList<>()).add(one);
            }
        } catch (Problem wrong) {
            problem = Site.sentence(wrong.detail());
        }
        groups.values().removeIf(List::isEmpty);
        site.page(
                visit.response(),
                problem.isEmpty() ? 200 : 400,
                "effective",
                Map.of(
                        "frame",
                        site.frame(visit, Texts.say("policy.in-force"), "policies", false),
                        "agent",
                        agent,
                        "workspace",
                        workspace,
                        "groups",
                        groups,
                        "version",
                        version,
                        "problem",
                        problem));
    }

    /**
     * A document in a list.
     *
     * @param of whose it is, or empty
     * @param who put it
     */
    public record DocumentRow(
            String name, String of, String file, String who, Moment at, String href) {
        static DocumentRow of(JsonNode json, Instant now) {
            return new DocumentRow(
                    json.path("name").asText(),
                    json.path("of").asText(),
                    json.path("file").asText(),
                    json.path("person").asText(),
                    Moment.since(Instant.parse(json.path("at").asText()), now),
                    href(json));
        }

        static String href(JsonNode json) {
            return DocumentPages.href(
                    json.path("level").asText(),
                    json.path("of").asText(),
                    json.path("name").asText());
        }
    }

    /**
     * Something that is in force.
     *
     * @param group what it is about, as a heading
     * @param subject drawn
     * @param effect {@code allow}, {@code ask}, {@code deny}, {@code defer}, or empty
     * @param says drawn
     * @param document where it comes from
     * @param at the place in it, or empty
     * @param href that document's page, or empty
     */
    public record Line(
            String group,
            List<Drawing.Piece> subject,
            String effect,
            List<Drawing.Piece> says,
            String document,
            String at,
            String href) {
        /** What is of somebody's own making comes first. */
        private static final List<String> GROUPS =
                List.of(
                        "effective.not-in-force-yet",
                        "effective.rules",
                        "effective.personas",
                        "effective.who-approves",
                        "effective.autonomy-by-risk",
                        "effective.tags",
                        "effective.else",
                        "effective.profile-by-action");

        static Line of(JsonNode json, Map<String, String> pages) {
            String subject = json.path("subject").asText();
            String says = json.path("says").asText();
            int space = subject.indexOf(' ');
            String kind = space < 0 ? subject : subject.substring(0, space);
            boolean cell = kind.equals("profile") || kind.equals("autonomy");
            String document = json.path("document").asText();
            String word = says.contains(" ") ? says.substring(0, says.indexOf(' ')) : says;
            String effect = cell || kind.equals("rule") ? effect(word) : "";
            boolean splits = kind.equals("rule") && !effect.isEmpty();
            return new Line(
                    group(kind),
                    Drawing.of(
                            cell
                                    ? subject.substring(space + 1)
                                    : kind.equals("rule") ? "" : subject),
                    effect,
                    Drawing.words(splits ? says.substring(word.length()).strip() : says),
                    document,
                    json.path("at").asText(""),
                    // A cell names the document and what in it speaks.
                    pages.getOrDefault(cell ? document.replaceFirst(" .*", "") : document, ""));
        }

        private static String effect(String says) {
            return switch (says) {
                case "allow", "ask", "defer", "deny" -> says;
                case "never" -> "deny";
                default -> "";
            };
        }

        private static String group(String kind) {
            return Texts.say(
                    switch (kind) {
                        case "rule" -> "effective.rules";
                        case "profile" -> "effective.profile-by-action";
                        case "autonomy" -> "effective.autonomy-by-risk";
                        case "persona" -> "effective.personas";
                        case "approvers" -> "effective.who-approves";
                        case "tag" -> "effective.tags";
                        case "entities" -> "effective.entities";
                        case "not" -> "effective.not-in-force-yet";
                        default -> "effective.else";
                    });
        }
    }

    /** The levels a document may be put at. */
    static List<String> levels() {
        return List.of(
                Level.TENANT.wire(), Level.TEAM.wire(), Level.PROJECT.wire(), Level.AGENT.wire());
    }
}
