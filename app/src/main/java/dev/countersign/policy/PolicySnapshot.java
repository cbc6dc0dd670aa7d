package dev.countersign.policy;

import dev.countersign.analysis.KnownEntities;
import dev.countersign.analysis.UserPrograms;
import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import dev.countersign.call.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The documents in force for one call, immutable and made ready to decide. The floor and the
 * built-in defaults are not among the documents.
 */
public final class PolicySnapshot {
    /** The version of all that is built in, such as {@code defaults 14}. */
    public static final String DEFAULTS = Defaults.BUILT_IN.version();

    private final List<Policy> documents;
    private final String version;
    private final Standing standing;
    private final List<RuleSet> ruleSets;
    private final UserPrograms programs;
    private final boolean scoped;
    private final boolean namesApprovers;

    /**
     * A snapshot under a version of the caller's.
     *
     * @param documents every applicable document
     * @param version {@code sha256:…} over the content of all of them and the version of the
     *     built-in defaults
     */
    public PolicySnapshot(List<Policy> documents, String version) {
        this.documents = List.copyOf(documents);
        this.version = version;
        this.standing = Standing.of(this.documents);
        this.ruleSets = this.documents.stream().map(RuleSet::of).toList();
        this.programs = programs(this.documents);
        this.namesApprovers = this.documents.stream().anyMatch(d -> !d.approvals().isEmpty());
        this.scoped = this.documents.stream().anyMatch(d -> !d.scope().everything());
    }

    /**
     * The documents that apply to a call. One of which that cannot be known counts as if nobody had
     * accepted it: it restricts and does nothing else.
     */
    public PolicySnapshot applyingTo(ToolCall call) {
        return scoped ? applying(answers(call)) : this;
    }

    /**
     * The same, made once for all calls that are alike.
     *
     * @param known what was made before; the caller keeps it, and other threads away from it
     */
    public PolicySnapshot applyingTo(ToolCall call, Map<Object, PolicySnapshot> known) {
        return scoped ? known.computeIfAbsent(answers(call), _ -> applying(answers(call))) : this;
    }

    private List<Scope.Answer> answers(ToolCall call) {
        return documents.stream().map(document -> document.scope().of(call)).toList();
    }

    private PolicySnapshot applying(List<Scope.Answer> answers) {
        List<Policy> those = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            Policy document = documents.get(i).everywhere();
            switch (answers.get(i)) {
                case NO -> {}
                case PERHAPS -> those.add(document.withTrust(false));
                case YES -> those.add(document);
            }
        }
        return new PolicySnapshot(those, version);
    }

    /** Whether a document that counts in full has a persona of that name. */
    public boolean hasPersona(String name) {
        return documents.stream()
                .filter(Policy::trusted)
                .flatMap(document -> document.personas().stream())
                .anyMatch(persona -> persona.name().equals(name));
    }

    /** The same with every rule set aside that only puts a call off. */
    public PolicySnapshot withoutDefers() {
        List<Policy> those = new ArrayList<>();
        for (Policy document : documents) {
            those.add(
                    document.withRules(
                            document.rules().stream()
                                    .filter(rule -> rule.effect() != Effect.DEFER)
                                    .toList()));
        }
        return new PolicySnapshot(those, version);
    }

    /** The documents with the version their contents give. */
    public static PolicySnapshot of(List<Policy> documents) {
        StringBuilder contents = new StringBuilder(Defaults.BUILT_IN.version());
        for (Policy document : documents) {
            contents.append('\n')
                    .append(document.level().wire())
                    .append(' ')
                    .append(document.name())
                    .append(' ')
                    .append(document.trusted())
                    .append(' ')
                    .append(document.hash());
        }
        return new PolicySnapshot(documents, Hash.of(contents.toString()));
    }

    public List<Policy> documents() {
        return documents;
    }

    public String version() {
        return version;
    }

    /**
     * A line of what is in force.
     *
     * @param subject such as {@code git_push}, {@code risk high}, {@code rule}, {@code persona}
     * @param says such as {@code ask}
     * @param document where it comes from
     * @param at {@code file:line:column}, or null for what is built in
     */
    public record Line(String subject, String says, String document, @Nullable String at) {}

    /** Everything in force, each line with its origin. */
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (Action action : Action.values()) {
            Because cell = standing.cells().get(action);
            if (cell != null) {
                lines.add(line("profile " + action.wire(), cell));
            }
        }
        for (RiskTier tier : RiskTier.values()) {
            Because says = standing.tiers().get(tier);
            if (says != null) {
                lines.add(line("autonomy " + tier.wire(), says));
            }
        }
        if (standing.fourEyes() != null) {
            lines.add(new Line("four eyes", standing.fourEyes().wire(), "four_eyes", null));
        }
        for (RuleSet set : ruleSets) {
            for (Rule rule : set.rules()) {
                lines.add(
                        new Line(
                                "rule",
                                RuleText.of(rule, set.policy().trusted()),
                                set.title(),
                                rule.at().toString()));
            }
            Policy document = set.policy();
            for (Persona persona : document.personas()) {
                lines.add(
                        new Line("persona", persona.name(), set.title(), persona.at().toString()));
            }
            for (Duty duty : document.duties()) {
                lines.add(
                        new Line(
                                "obligation",
                                duty.selector().text(),
                                set.title(),
                                duty.at().toString()));
            }
            for (Skill skill : document.skills()) {
                lines.add(new Line("skill", skill.name(), set.title(), skill.at().toString()));
            }
            for (String waits : document.waiting()) {
                lines.add(new Line("not in force", waits, set.title(), null));
            }
            if (document.trusted()) {
                ceilings(document, lines);
                document.entities().forEach(entry -> lines.add(entities(entry, set.title())));
                for (Policy.TagDefinition tag : document.tags()) {
                    for (Selector condition : tag.conditions()) {
                        lines.add(
                                new Line(
                                        "tag",
                                        tag.tag() + ": " + condition.text(),
                                        set.title(),
                                        null));
                    }
                }
                for (ApprovalPolicy approval : document.approvals()) {
                    lines.add(
                            new Line(
                                    "approvers",
                                    ExplanationText.count(approval.people().quorum())
                                            + String.join(", ", approval.people().approvers())
                                            + ExplanationText.escalations(
                                                    approval.people().escalations()),
                                    set.title(),
                                    approval.at().toString()));
                }
            }
        }
        return lines;
    }

    private static Line entities(Policy.EntityEntry entry, String document) {
        KnownEntities.Type type = entry.type();
        return new Line(
                "entities",
                type.name()
                        + ": "
                        + type.known().size()
                        + " known"
                        + (type.actions().isEmpty()
                                ? ""
                                : ", " + String.join(", ", type.actions())),
                document,
                entry.at().toString());
    }

    private static void ceilings(Policy document, List<Line> lines) {
        Policy.Ceilings ceilings = document.base().ceilings();
        if (ceilings.profile() != null) {
            lines.add(ceiling("profile", ceilings.profile(), document));
        }
        if (ceilings.autonomy() != null) {
            lines.add(ceiling("autonomy", ceilings.autonomy(), document));
        }
    }

    private static Line ceiling(String what, Policy.Named<?> named, Policy document) {
        return new Line(
                "ceiling",
                what + " " + named.name(),
                document.title(),
                named.at() == null ? null : named.at().toString());
    }

    private static Line line(String subject, Because because) {
        return new Line(
                subject,
                Defaults.word(because.effect()),
                because.document() + " " + because.rule(),
                because.at());
    }

    /** One name for every agent the documents speak of, wildcards filled in; sorted. */
    public Set<String> agents() {
        Set<String> names = new TreeSet<>();
        for (Policy document : documents) {
            document.scope().agents().forEach(glob -> names.add(filled(glob)));
            if (document.scope().place() instanceof Scope.Place(Level level, String of)
                    && level == Level.AGENT) {
                names.add(of);
            }
            for (Persona persona : document.personas()) {
                persona.agents().forEach(glob -> names.add(filled(glob)));
            }
            for (Rule rule : document.rules()) {
                for (Condition condition : rule.selector().conditions()) {
                    if (condition instanceof Condition.Who(String role, List<Glob> patterns)
                            && role.equals("agent")) {
                        patterns.forEach(glob -> names.add(filled(glob)));
                    }
                }
            }
        }
        return names;
    }

    private static String filled(Glob glob) {
        return glob.toString().replace("*", "x").replace('?', 'x');
    }

    /** What untrusted documents would put in force, each line with its place. */
    public List<String> waiting() {
        return documents.stream().flatMap(document -> document.waiting().stream()).toList();
    }

    /** The programs and entities the documents describe, for the analyser. */
    public UserPrograms programs() {
        return programs;
    }

    private static UserPrograms programs(List<Policy> documents) {
        List<UserPrograms.Described> described = new ArrayList<>();
        List<KnownEntities.Type> entities = new ArrayList<>();
        for (Policy document : documents) {
            if (document.trusted()) {
                document.entities().forEach(entry -> entities.add(entry.type()));
            }
            for (Policy.ProgramEntry entry : document.programs()) {
                described.add(new UserPrograms.Described(entry.program(), document.trusted()));
            }
        }
        return described.isEmpty() && entities.isEmpty()
                ? UserPrograms.NONE
                : new UserPrograms(described, new KnownEntities(entities));
    }

    /** Whether some document says who answers when no rule does. */
    boolean namesApprovers() {
        return namesApprovers;
    }

    Standing standing() {
        return standing;
    }

    List<RuleSet> ruleSets() {
        return ruleSets;
    }
}
