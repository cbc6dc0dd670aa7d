package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.Domain;
import dev.countersign.call.RiskTier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Looks for what a document says in vain: rules that never match are errors, what is only weak is a
 * warning. Each has its place and a suggestion.
 */
public final class PolicyLint {
    /** The tags the analysis gives; documents define others. */
    private static final List<String> TAGS =
            List.of(
                    "deploy",
                    "database",
                    "prod",
                    "secret",
                    "package-install",
                    "network",
                    "destructive",
                    "escape");

    /** How long a question stands when neither a rule nor the server's settings say. */
    private static final Duration USUAL_EXPIRY = Duration.ofMinutes(30);

    /** Comparing every pair of more rules than this would take too long. */
    private static final int MOST_COMPARED = 1_000;

    private static final String HEADS = "refs/heads/";

    private final Policy policy;
    private final List<PolicyProblem> found = new ArrayList<>();

    private PolicyLint(Policy policy) {
        this.policy = policy;
    }

    /**
     * The rules that never match.
     *
     * @param policy the document
     * @param together it and those it is used with, whose tags it may name
     * @param more tags defined elsewhere
     */
    static List<PolicyProblem> errors(Policy policy, List<Policy> together, Set<String> more) {
        PolicyLint lint = new PolicyLint(policy);
        Set<String> tags = tagNames(together);
        tags.addAll(more);
        for (Rule rule : policy.rules()) {
            lint.tags(rule.selector(), rule.at(), tags);
            lint.never(rule.selector(), rule.at());
            lint.branch(rule.selector(), rule.at());
            lint.elsewhere(rule);
        }
        for (Duty duty : policy.duties()) {
            lint.tags(duty.selector(), duty.at(), tags);
            lint.never(duty.selector(), duty.at());
        }
        return lint.found;
    }

    /**
     * What is weak in a document that can be used.
     *
     * @param now windows that only opened before this never open
     * @return in the order of the text
     */
    public static List<PolicyProblem> warnings(Policy policy, Instant now) {
        return warnings(policy, List.of(policy), now);
    }

    /**
     * The same, where other documents are in force as well.
     *
     * @param together it and those it is used with
     */
    public static List<PolicyProblem> warnings(Policy policy, List<Policy> together, Instant now) {
        PolicyLint lint = new PolicyLint(policy);
        Unreachable unreachable = new Unreachable(policy, together);
        for (Rule rule : policy.rules()) {
            lint.allow(rule);
            lint.time(rule, now);
            lint.people(rule.people(), rule.at());
            lint.absence(rule);
            lint.root(rule.selector(), rule.at());
            unreachable.why(rule).ifPresent(why -> lint.warning(rule.at(), why));
        }
        for (ApprovalPolicy approval : policy.approvals()) {
            lint.people(approval.people(), approval.at());
            lint.inTime(approval.people(), approval.at());
        }
        lint.pairs();
        lint.ceiling();
        lint.found.sort(
                Comparator.comparingInt(PolicyProblem::line)
                        .thenComparingInt(PolicyProblem::column));
        return lint.found;
    }

    /**
     * The questions of a document that nobody there can answer.
     *
     * @param people whom a source finds, by e-mail: an e-mail, {@code role:NAME}, {@code
     *     role:NAME@TEAM} or {@code team:NAME}
     */
    public static List<PolicyProblem> approvers(
            Policy policy, Function<String, Set<String>> people) {
        PolicyLint lint = new PolicyLint(policy);
        for (Rule rule : policy.rules()) {
            lint.found(rule.people(), rule.at(), people);
        }
        for (ApprovalPolicy approval : policy.approvals()) {
            lint.found(approval.people(), approval.at(), people);
        }
        return lint.found;
    }

    private void found(Rule.People named, Position at, Function<String, Set<String>> people) {
        Set<String> sources = new LinkedHashSet<>(named.approvers());
        named.escalations().forEach(step -> sources.addAll(step.approvers()));
        for (String source : sources) {
            if (people.apply(source).isEmpty()) {
                warning(
                        at,
                        "nobody on this server is `"
                                + Nearest.shorten(source)
                                + "`, so that one never approves, and where nobody else is named the"
                                + " owners are asked; name somebody else, or add them first");
            }
        }
        Set<String> all = new HashSet<>();
        named.approvers().forEach(source -> all.addAll(people.apply(source)));
        if (named.quorum() instanceof Requirement.Quorum.AtLeast(int least)
                && !all.isEmpty()
                && all.size() < least) {
            warning(
                    at,
                    least
                            + " people must agree and this server has only "
                            + all.size()
                            + " of those named, so nobody can approve; name more people or a"
                            + " role");
        }
    }

    private void tags(Selector selector, Position at, Set<String> names) {
        for (Condition condition : selector.conditions()) {
            if (condition instanceof Condition.Tag tag
                    && tag.patterns().stream()
                            .noneMatch(p -> names.stream().anyMatch(p::matches))) {
                String named = tag.patterns().getFirst().toString();
                error(
                        at,
                        "nothing has the tag `"
                                + named
                                + "`, so the rule never matches; expected a built-in one, or one"
                                + " under `tags` (`{}` where another document says what has it)"
                                + Nearest.of(named, names)
                                        .map(near -> "; did you mean `" + near + "`?")
                                        .orElse(""));
            }
        }
    }

    private static Set<String> tagNames(List<Policy> together) {
        Set<String> names = new TreeSet<>(TAGS);
        for (Policy document : together) {
            document.tags().forEach(tag -> names.add(tag.tag()));
            document.programs().forEach(entry -> names.addAll(entry.program().tags()));
        }
        return names;
    }

    /** Conditions of one rule that exclude each other. */
    private void never(Selector selector, Position at) {
        Set<Action> actions = EnumSet.allOf(Action.class);
        boolean named = false;
        boolean command = false;
        boolean path = false;
        boolean host = false;
        for (Condition condition : selector.conditions()) {
            switch (condition) {
                case Condition.Actions some -> {
                    actions.retainAll(some.actions());
                    named = true;
                }
                case Condition.InDomain domain ->
                        actions.removeIf(a -> !domain.domains().contains(a.domain()));
                case Condition.Command _ -> command = true;
                case Condition.Paths _, Condition.Outside _ -> path = true;
                case Condition.Hosts _ -> host = true;
                case Condition.Field _,
                        Condition.Tool _,
                        Condition.Risk _,
                        Condition.Tag _,
                        Condition.Who _ -> {}
            }
        }
        // Every operation of a command answers to the shell as well.
        boolean shell =
                selector.conditions().stream()
                        .anyMatch(c ->
                                (c instanceof Condition.Actions some
                                                && some.actions().contains(Action.SHELL_RUN))
                                        || (c instanceof Condition.InDomain in
                                                && in.domains().contains(Domain.SHELL)));
        if (actions.isEmpty() && !shell) {
            error(
                    at,
                    "an action and a domain in it exclude each other, so the rule never matches;"
                            + " leave one out");
        } else if (named && !shell && path && only(actions, Domain.MCP, Domain.WEB)) {
            error(at, "no such action has a path, so the rule never matches; leave one out");
        } else if (named && !shell && host && only(actions, Domain.FILESYSTEM, Domain.GIT)) {
            if (!command) {
                error(at, "no such action has a host, so the rule never matches; leave one out");
            }
        }
    }

    private void branch(Selector selector, Position at) {
        for (Condition condition : selector.conditions()) {
            if (condition instanceof Condition.Field(String name, List<Glob> patterns)
                    && name.equals("branch")) {
                for (Glob pattern : patterns) {
                    String text = pattern.toString();
                    if (text.startsWith(HEADS)) {
                        error(
                                at,
                                "a branch goes by its name alone, so `"
                                        + Nearest.shorten(text)
                                        + "` never matches; write `"
                                        + Nearest.shorten(text.substring(HEADS.length()))
                                        + "`");
                    }
                }
            }
        }
    }

    /** A rule for an agent or client that the document does not apply to. */
    private void elsewhere(Rule rule) {
        for (Condition condition : rule.selector().conditions()) {
            if (!(condition instanceof Condition.Who(String role, List<Glob> patterns))) {
                continue;
            }
            List<Glob> scope =
                    switch (role) {
                        case "agent" ->
                                // A rule that restricts follows a subagent's type as well.
                                rule.effect() == Effect.ALLOW
                                        ? policy.scope().agents()
                                        : List.<Glob>of();
                        case "client" -> policy.scope().clients();
                        default -> List.<Glob>of();
                    };
            if (!scope.isEmpty()
                    && patterns.stream().noneMatch(p -> scope.stream().anyMatch(p::meets))) {
                error(
                        rule.at(),
                        "the document does not apply to the "
                                + role
                                + " `"
                                + Nearest.shorten(patterns.getFirst().toString())
                                + "`, so the rule never matches; expected one of `applies_to`, `"
                                + String.join("`, `", scope.stream().map(Glob::toString).toList())
                                + "`");
            }
        }
    }

    private static boolean only(Set<Action> actions, Domain... domains) {
        return !actions.isEmpty()
                && actions.stream().allMatch(a -> List.of(domains).contains(a.domain()));
    }

    private void allow(Rule rule) {
        if (rule.effect() != Effect.ALLOW) {
            return;
        }
        if (rule.selector().blanket()) {
            warning(
                    rule.at(),
                    "`"
                            + Nearest.shorten(rule.text())
                            + "` is so broad that it reaches risk medium at most; name the"
                            + " commands, paths or hosts that are meant");
        }
        if (byRisk(rule.selector())) {
            warning(
                    rule.at(),
                    "`"
                            + Nearest.shorten(rule.text())
                            + "` allows pushes, uploads and publishing, whatever has no more risk;"
                            + " name the actions, commands or hosts that are meant");
        }
        for (Condition condition : rule.selector().conditions()) {
            if (condition instanceof Condition.Actions actions
                    && actions.actions().stream().allMatch(a -> a.risk() == RiskTier.CRITICAL)) {
                warning(
                        rule.at(),
                        "no rule allows what is critical; a person approves it each time, so leave"
                                + " the rule out or make it an `ask` with approvers");
            }
        }
    }

    /** Whether high risk is selected by nothing but its tier. */
    private static boolean byRisk(Selector selector) {
        boolean high = false;
        for (Condition condition : selector.conditions()) {
            switch (condition) {
                case Condition.Risk(var tiers) -> high |= tiers.contains(RiskTier.HIGH);
                case Condition.Who _ -> {}
                case Condition.Actions _,
                        Condition.InDomain _,
                        Condition.Command _,
                        Condition.Paths _,
                        Condition.Hosts _,
                        Condition.Field _,
                        Condition.Outside _,
                        Condition.Tool _,
                        Condition.Tag _ -> {
                    return false;
                }
            }
        }
        return high;
    }

    private void time(Rule rule, Instant now) {
        Rule.Time time = rule.time();
        if (time == null) {
            return;
        }
        boolean opens = time.window().open(now) || time.window().opening(now).isPresent();
        if (!opens) {
            warning(
                    rule.at(),
                    "the window `"
                            + time.window().name()
                            + "` does not open any more, so the rule "
                            + (time.outside() ? "always speaks" : "never speaks")
                            + "; give it other dates or leave the rule out");
        }
    }

    private void people(Rule.People people, Position at) {
        if (people.quorum() instanceof Requirement.Quorum.AtLeast(int least)
                && least > 1
                && people.approvers().isEmpty()) {
            warning(
                    at,
                    least
                            + " must agree and nobody is named, so it takes the driver and the"
                            + " owners; name approvers");
        }
        if (people.quorum() instanceof Requirement.Quorum.AtLeast(int least)) {
            boolean allNamed =
                    !people.approvers().isEmpty()
                            && people.approvers().stream()
                                    .allMatch(a -> a.contains("@") && !a.startsWith("role:"));
            long named = new HashSet<>(people.approvers()).size();
            if (allNamed && named < least) {
                warning(
                        at,
                        least
                                + " people must agree and only "
                                + named
                                + (named == 1 ? " is" : " are")
                                + " named, so nobody can approve; name more people or a role");
            }
        }
    }

    private void absence(Rule rule) {
        if (rule.expires() == null && rule.unanswered() != Unanswered.Then.WAIT) {
            inTime(rule.people(), rule.at());
        }
    }

    /** A question that says nothing of its own time stands for the usual one. */
    private void inTime(Rule.People people, Position at) {
        for (Escalation step : people.escalations()) {
            if (step.after().compareTo(USUAL_EXPIRY) >= 0) {
                warning(
                        at,
                        "a question stands for "
                                + ExplanationText.time(USUAL_EXPIRY)
                                + " unless `expires` or the server's settings say otherwise, so it"
                                + " may be over before it escalates; escalate earlier, or let an"
                                + " `ask` rule say `expires`");
                return;
            }
        }
    }

    /** The first folders of the usual systems; another at the root is as a rule a slip. */
    private static final Pattern ROOTS =
            Pattern.compile(
                    "/(\\*.*|etc|usr|var|home|tmp|opt|root|srv|mnt|media|dev|proc|sys|run|s?bin|lib.*|boot|nix|snap"
                            + "|Users|Library|Applications|System|private|Volumes)?(/.*)?");

    private void root(Selector selector, Position at) {
        for (Condition condition : selector.conditions()) {
            if (condition instanceof Condition.Paths paths) {
                for (PathPattern pattern : paths.patterns()) {
                    if (pattern.anchor() == PathPattern.Anchor.ROOT
                            && !ROOTS.matcher(pattern.text()).matches()) {
                        warning(
                                at,
                                "`"
                                        + Nearest.shorten(pattern.text())
                                        + "` starts at the root of the machine; write `."
                                        + Nearest.shorten(pattern.text())
                                        + "` for the workspace");
                    }
                }
            }
        }
    }

    /**
     * Whoever writes an exception to a question or a freeze may not think of what goes with it: an
     * exception replaces the whole rule, with its time and its approvers.
     */
    private void loses(Rule narrow, Rule wide) {
        if (narrow.at().equals(wide.at())
                || wide.effect() == Effect.ALLOW
                || narrow.effect().compareTo(wide.effect()) > 0
                || !narrow.isExceptionTo(wide)) {
            return;
        }
        boolean looser = narrow.effect() != wide.effect();
        String lost = null;
        if (looser && narrow.time() == null && (wide.time() != null || deferred(wide))) {
            lost = deferred(wide) ? "the time it waits for" : "the time it speaks of";
        } else if (!looser && wide.people().demands() && !narrow.people().demands()) {
            lost = "its approvers";
        }
        if (lost != null) {
            warning(
                    narrow.at(),
                    "is an exception to "
                            + wide.at()
                            + ", `"
                            + Nearest.shorten(wide.text())
                            + "`, and replaces all of it, with "
                            + lost
                            + "; say that here as well, or select in another way (by a command"
                            + " where that one has a tag, say), so that both count");
        }
    }

    private static boolean deferred(Rule rule) {
        return rule.effect() == Effect.DEFER;
    }

    /** Rules that say the same, the opposite, or what a wider one says already. */
    private void pairs() {
        List<Rule> rules = policy.rules();
        if (rules.size() > MOST_COMPARED) {
            return;
        }
        Map<List<Condition>, Rule> first = new HashMap<>();
        for (Rule rule : rules) {
            // A restrictive command also means further arguments; the words are the same.
            Rule same = first.putIfAbsent(rule.selector().written().conditions(), rule);
            // Two templates of one `use` may share a third: there is nothing to leave out.
            boolean shared =
                    same != null && same.effect() == rule.effect() && same.at().equals(rule.at());
            if (shared) {
                continue;
            }
            if (same != null && (same.time() == null) != (rule.time() == null)) {
                Rule always = same.time() == null ? same : rule;
                Rule timed = same.time() == null ? rule : same;
                if (adds(timed, always)) {
                    continue;
                }
                warning(
                        timed.at(),
                        "is covered by "
                                + always.at()
                                + ", which says as much of the same at all times; leave one out");
            } else if (same != null && same.time() == null) {
                warning(
                        rule.at(),
                        same.effect() == rule.effect()
                                ? "says again what " + same.at() + " says; leave one out"
                                : "contradicts "
                                        + same.at()
                                        + ", which says `"
                                        + same.effect().wire()
                                        + "` of the same; the stricter one always wins, so leave"
                                        + " one out");
            }
        }
        rules.forEach(narrow -> rules.forEach(wide -> loses(narrow, wide)));
        for (int i = 0; i < rules.size(); i++) {
            Rule narrow = rules.get(i);
            for (int j = 0; j < rules.size(); j++) {
                Rule wide = rules.get(j);
                if (i != j && covered(narrow, wide)) {
                    warning(
                            narrow.at(),
                            "is covered by "
                                    + wide.at()
                                    + ", which says the same of more; leave it out");
                    break;
                }
            }
        }
    }

    /** Whether a rule with a window says more than one of the same without. */
    private static boolean adds(Rule timed, Rule always) {
        return timed.effect().compareTo(always.effect()) > 0
                || !timed.obligations().equals(always.obligations())
                || (timed.effect() == always.effect() && !timed.people().equals(always.people()));
    }

    private static boolean covered(Rule narrow, Rule wide) {
        return narrow.effect() == wide.effect()
                && narrow.time() == null
                && wide.time() == null
                && narrow.reason() == null
                && narrow.people().equals(wide.people())
                && narrow.unanswered() == wide.unanswered()
                && narrow.obligations().equals(wide.obligations())
                && narrow.name() == null
                && !(narrow.effect() == Effect.ALLOW && wide.selector().blanket())
                && narrow.selector().narrows(wide.selector(), false);
    }

    private void ceiling() {
        Policy.Named<Map<RiskTier, Effect>> mode = policy.base().autonomy();
        Policy.Named<Map<RiskTier, Effect>> above = policy.base().ceilings().autonomy();
        if (mode != null && above != null && mode.at() != null && looser(mode, above)) {
            warning(
                    mode.at(),
                    "the document's own ceiling is stricter than its autonomy `"
                            + mode.name()
                            + "`; the ceiling counts");
        }
    }

    private static boolean looser(
            Policy.Named<Map<RiskTier, Effect>> mode, Policy.Named<Map<RiskTier, Effect>> above) {
        for (RiskTier tier : RiskTier.values()) {
            Effect own = mode.table().get(tier);
            Effect most = above.table().get(tier);
            if (own != null && most != null && own.compareTo(most) < 0) {
                return true;
            }
        }
        return false;
    }

    private void error(Position at, String message) {
        found.add(new PolicyProblem(at.file(), at.line(), at.column(), message, true));
    }

    private void warning(Position at, String message) {
        found.add(new PolicyProblem(at.file(), at.line(), at.column(), message, false));
    }
}
