package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.LowerCase;
import dev.countersign.call.RiskTier;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns a tree into a {@link Policy} and notes every problem on the way. */
final class DocumentReader {
    static final List<String> KEYS =
            List.of(
                    "policy",
                    "level",
                    "profile",
                    "profile_patch",
                    "autonomy",
                    "ceiling",
                    "four_eyes",
                    "tags",
                    "programs",
                    "rules",
                    "windows",
                    "approvals");

    /** Of the published document, but not enforced yet: an error and never ignored. */
    private static final Set<String> LATER =
            Set.of(
                    "applies_to",
                    "use",
                    "personas",
                    "skills",
                    "template",
                    "permissions",
                    "requires_approval",
                    "denied");

    private static final List<String> EFFECTS = List.of("allow", "ask", "deny", "defer");
    static final List<String> RULE_KEYS =
            List.of(
                    "allow",
                    "ask",
                    "deny",
                    "defer",
                    "reason",
                    "examples",
                    "approvers",
                    "require",
                    "at_least",
                    "not_requester",
                    "expires",
                    "until",
                    "during",
                    "outside");
    private static final Set<String> RULE_LATER = Set.of("record", "notify", "redact");
    static final List<String> APPROVAL_KEYS =
            List.of(
                    "match",
                    "risk",
                    "approvers",
                    "require",
                    "at_least",
                    "not_requester",
                    "binding");
    static final List<String> WINDOW_KEYS =
            List.of("days", "from", "to", "zone", "dates", "except");
    private static final List<String> DAYS =
            List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})\\s*(s|m|min|h|d)");
    private static final int MAX_RULES = 5_000;

    private final String file;
    private final Level level;
    private final boolean trusted;
    private final String hash;
    private final PolicyReader.Examples examples;
    private final List<PolicyProblem> problems = new ArrayList<>();
    private final Map<String, Window> windows = new HashMap<>();

    DocumentReader(
            String file,
            Level level,
            boolean trusted,
            String hash,
            PolicyReader.Examples examples) {
        this.file = file;
        this.level = level;
        this.trusted = trusted;
        this.hash = hash;
        this.examples = examples;
    }

    List<PolicyProblem> problems() {
        return problems;
    }

    Policy read(Tree tree) {
        if (!(tree instanceof Tree.Entries map)) {
            error(
                    tree,
                    "the document is "
                            + tree.kind()
                            + "; expected a map that starts with"
                            + " `policy: NAME`");
            return policy(
                    level,
                    "",
                    null,
                    List.of(),
                    null,
                    Policy.Ceilings.NONE,
                    null,
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of());
        }
        Keys keys = new Keys(map);
        if (keys.has("permission") || (keys.has("agent") && !keys.has("policy"))) {
            Codeflow codeflow = new Codeflow(this);
            List<Rule> rules = codeflow.rules(map);
            return policy(
                    level,
                    file,
                    named(Defaults.BUILT_IN.profiles(), "full-access", null),
                    List.of(),
                    named(Defaults.BUILT_IN.modes(), "full", null),
                    Policy.Ceilings.NONE,
                    null,
                    List.of(),
                    List.of(),
                    rules,
                    List.of());
        }
        keys(map, "", KEYS, LATER);
        String name = file;
        Tree nameTree = keys.get("policy");
        if (nameTree == null) {
            error(map, "`policy` is missing; expected `policy: NAME`");
        } else {
            name = name(nameTree, "policy").orElse(file);
        }
        Level stands = level;
        Tree levelTree = keys.get("level");
        if (levelTree != null) {
            stands =
                    word(levelTree, "level", List.of("tenant", "team", "project", "agent"))
                            .flatMap(Level::of)
                            .orElse(level);
        }
        windows(keys.get("windows"));
        Policy.Named<Map<Action, Effect>> profile =
                keys.find("profile", t -> profile(t, "profile")).orElse(null);
        List<Policy.Patch> patch = keys.read("profile_patch", t -> patch(t, profile), List.of());
        Policy.Named<Map<RiskTier, Effect>> autonomy =
                keys.find("autonomy", t -> autonomy(t, "autonomy")).orElse(null);
        RiskTier fourEyes = keys.find("four_eyes", t -> tier(t, "four_eyes")).orElse(null);
        return policy(
                stands,
                name,
                profile,
                patch,
                autonomy,
                keys.read("ceiling", this::ceilings, Policy.Ceilings.NONE),
                fourEyes,
                keys.read("tags", this::tags, List.of()),
                keys.read("programs", new ProgramReader(this)::read, List.of()),
                keys.read("rules", this::rules, List.of()),
                keys.read("approvals", this::approvals, List.of()));
    }

    private Policy policy(
            Level stands,
            String name,
            Policy.@Nullable Named<Map<Action, Effect>> profile,
            List<Policy.Patch> patch,
            Policy.@Nullable Named<Map<RiskTier, Effect>> autonomy,
            Policy.Ceilings ceilings,
            @Nullable RiskTier fourEyes,
            List<Policy.TagDefinition> tags,
            List<Policy.ProgramEntry> programs,
            List<Rule> rules,
            List<ApprovalPolicy> approvals) {
        return new Policy(
                name, stands, file, trusted, hash, profile, patch, autonomy, ceilings, fourEyes,
                tags, programs, rules, approvals);
    }

    // -- profile, autonomy, ceiling ---------------------------------------------------------

    private Optional<Policy.Named<Map<Action, Effect>>> profile(Tree tree, String key) {
        return word(tree, key, Defaults.BUILT_IN.profiles().keySet())
                .map(name -> named(Defaults.BUILT_IN.profiles(), name, at(tree)));
    }

    private Optional<Policy.Named<Map<RiskTier, Effect>>> autonomy(Tree tree, String key) {
        if (!(tree instanceof Tree.Entries map)) {
            return word(tree, key, Defaults.BUILT_IN.modes().keySet())
                    .map(name -> named(Defaults.BUILT_IN.modes(), name, at(tree)));
        }
        List<String> tiers = Arrays.stream(RiskTier.values()).map(RiskTier::wire).toList();
        keys(map, key, tiers, Set.of());
        Map<RiskTier, Effect> table = new EnumMap<>(RiskTier.class);
        for (Tree.Entry entry : map.entries()) {
            Optional<RiskTier> tier = RiskTier.of(entry.key().value());
            Optional<Effect> cell = cell(entry.value(), key + "." + entry.key().value());
            if (tier.isEmpty() || cell.isEmpty()) {
                continue;
            }
            if (tier.get() == RiskTier.CRITICAL && cell.get() == Effect.ALLOW) {
                error(
                        entry.value(),
                        "`critical` cannot be `allow`; expected `ask` or `never`, nothing critical"
                                + " runs without a person's approval");
            }
            table.put(tier.get(), cell.get());
        }
        List<String> missing =
                Arrays.stream(RiskTier.values())
                        .filter(tier -> !table.containsKey(tier))
                        .map(RiskTier::wire)
                        .toList();
        if (!missing.isEmpty() && map.entries().size() < tiers.size()) {
            error(
                    map,
                    "`"
                            + key
                            + "` says nothing of "
                            + Nearest.list(missing)
                            + "; expected every risk tier");
        }
        return Optional.of(new Policy.Named<>("custom", table, at(tree)));
    }

    private static <T> Policy.Named<T> named(
            Map<String, T> tables, String name, @Nullable Position at) {
        T table = tables.get(name);
        if (table == null) {
            throw new IllegalStateException("no table " + name + " (this is a bug)");
        }
        return new Policy.Named<>(name, table, at);
    }

    private Policy.Ceilings ceilings(Tree tree) {
        if (!(tree instanceof Tree.Entries map)) {
            error(
                    tree,
                    "`ceiling` is "
                            + tree.kind()
                            + "; expected such as `{profile: standard, autonomy: partial}`");
            return Policy.Ceilings.NONE;
        }
        keys(map, "ceiling", List.of("profile", "autonomy"), Set.of());
        Policy.Named<Map<Action, Effect>> profile = null;
        Policy.Named<Map<RiskTier, Effect>> autonomy = null;
        for (Tree.Entry entry : map.entries()) {
            if (entry.key().value().equals("profile")) {
                profile = profile(entry.value(), "ceiling.profile").orElse(null);
            } else if (entry.key().value().equals("autonomy")) {
                autonomy = autonomy(entry.value(), "ceiling.autonomy").orElse(null);
            }
        }
        return new Policy.Ceilings(profile, autonomy);
    }

    private Optional<Effect> cell(Tree tree, String what) {
        return word(tree, what, List.of("allow", "ask", "never")).map(Defaults::cell);
    }

    /** RFC 6902 on the map of domains to actions; of its operations those that make sense here. */
    private List<Policy.Patch> patch(
            Tree tree, Policy.@Nullable Named<Map<Action, Effect>> profile) {
        List<Policy.Patch> patches = new ArrayList<>();
        if (!(tree instanceof Tree.Items items)) {
            error(
                    tree,
                    "`profile_patch` is "
                            + tree.kind()
                            + "; expected a list such as `[{op: replace, path: /git/push, value: ask}]`");
            return patches;
        }
        Map<Action, Effect> now =
                profile == null ? new EnumMap<>(Action.class) : new EnumMap<>(profile.table());
        for (Tree item : items.items()) {
            if (!(item instanceof Tree.Entries map)) {
                error(
                        item,
                        "a patch is "
                                + item.kind()
                                + "; expected such as `{op: replace, path: /git/push, value: ask}`");
                continue;
            }
            keys(map, "profile_patch", List.of("op", "path", "value"), Set.of());
            Keys keys = new Keys(map);
            Tree opTree = keys.get("op");
            Tree pathTree = keys.get("path");
            Tree value = keys.get("value");
            if (opTree == null || pathTree == null) {
                error(
                        map,
                        "a patch has no `"
                                + (opTree == null ? "op" : "path")
                                + "`; expected such as `{op: replace, path: /git/push, value: ask}`");
                continue;
            }
            Optional<String> op = word(opTree, "op", List.of("replace", "add", "remove", "test"));
            List<Action> actions = pointed(pathTree);
            if (op.isEmpty() || actions.isEmpty()) {
                continue;
            }
            Map<Action, Effect> cells = new EnumMap<>(Action.class);
            if (op.get().equals("remove")) {
                // What the map no longer names is not permitted.
                actions.forEach(action -> cells.put(action, Effect.DENY));
            } else if (value == null) {
                error(map, "`" + op.get() + "` has no `value`; expected `allow`, `ask` or `never`");
                continue;
            } else {
                cells(value, actions, cells);
            }
            if (op.get().equals("test")) {
                if (profile == null) {
                    error(opTree, "`test` needs a `profile` in the same document to test");
                } else if (!cells.entrySet().stream()
                        .allMatch(e -> now.get(e.getKey()) == e.getValue())) {
                    error(
                            item,
                            "the test fails: profile "
                                    + profile.name()
                                    + " does not say this of "
                                    + text(pathTree));
                }
                continue;
            }
            now.putAll(cells);
            patches.add(new Policy.Patch(cells, at(item)));
        }
        return patches;
    }

    private void cells(Tree value, List<Action> actions, Map<Action, Effect> cells) {
        if (!(value instanceof Tree.Entries map)) {
            if (actions.size() > 1 || actions.getFirst() == Action.SHELL_RUN) {
                if (actions.size() > 1) {
                    error(
                            value,
                            "`value` is "
                                    + value.kind()
                                    + "; expected a map of actions to `allow`, `ask` or `never`");
                    return;
                }
            }
            cell(value, "value").ifPresent(effect -> cells.put(actions.getFirst(), effect));
            return;
        }
        Map<String, Action> byName = new LinkedHashMap<>();
        actions.forEach(action -> byName.put(Defaults.shortName(action), action));
        keys(map, "value", byName.keySet(), Set.of());
        // As with any replaced object, what is not in the new one is gone.
        actions.forEach(action -> cells.put(action, Effect.DENY));
        for (Tree.Entry entry : map.entries()) {
            Action action = byName.get(entry.key().value());
            if (action != null) {
                cell(entry.value(), entry.key().value())
                        .ifPresent(effect -> cells.put(action, effect));
            }
        }
    }

    private List<Action> pointed(Tree tree) {
        String path = text(tree);
        String[] parts = path.split("/", -1);
        if (!path.startsWith("/") || parts.length < 2 || parts.length > 3) {
            error(
                    tree,
                    "`path` is "
                            + tree.kind()
                            + "; expected `/DOMAIN` or `/DOMAIN/ACTION` such as `/git/push`");
            return List.of();
        }
        Set<String> domains = new LinkedHashSet<>();
        for (Action action : Action.values()) {
            domains.add(action.domain().wire());
        }
        if (!domains.contains(parts[1])) {
            error(
                    tree,
                    "`"
                            + Nearest.shorten(parts[1])
                            + "` is no domain"
                            + Nearest.hint(parts[1], domains));
            return List.of();
        }
        List<Action> inDomain =
                Arrays.stream(Action.values())
                        .filter(action -> action.domain().wire().equals(parts[1]))
                        .toList();
        if (parts.length == 2) {
            return inDomain;
        }
        List<Action> action =
                inDomain.stream().filter(a -> Defaults.shortName(a).equals(parts[2])).toList();
        if (action.isEmpty()) {
            error(
                    tree,
                    "`"
                            + Nearest.shorten(parts[2])
                            + "` is no action of "
                            + parts[1]
                            + Nearest.hint(
                                    parts[2], inDomain.stream().map(Defaults::shortName).toList()));
        }
        return action;
    }

    // -- tags -------------------------------------------------------------------------------

    private List<Policy.TagDefinition> tags(Tree tree) {
        List<Policy.TagDefinition> tags = new ArrayList<>();
        if (!(tree instanceof Tree.Entries map)) {
            error(
                    tree,
                    "`tags` is "
                            + tree.kind()
                            + "; expected such as `{prod: {host: \"*.prod.example.com\"}}`");
            return tags;
        }
        for (Tree.Entry entry : map.entries()) {
            String tag = entry.key().value();
            if (!tag.matches("[a-z][a-z0-9-]{0,40}")) {
                error(
                        entry.key(),
                        "`"
                                + Nearest.shorten(tag)
                                + "` is no tag; expected lower-case letters, digits and `-`");
                continue;
            }
            if (!(entry.value() instanceof Tree.Entries parts)) {
                error(
                        entry.value(),
                        "the tag `"
                                + tag
                                + "` is "
                                + entry.value().kind()
                                + "; expected patterns under `path`, `host` or `command`");
                continue;
            }
            keys(parts, "tags." + tag, List.of("path", "host", "command"), Set.of());
            List<Selector> conditions = new ArrayList<>();
            for (Tree.Entry part : parts.entries()) {
                String key = part.key().value();
                List<String> patterns = strings(part.value(), key);
                Optional<Condition> condition =
                        switch (key) {
                            case "path" -> Optional.of(paths(part.value(), patterns));
                            case "host" -> Optional.of(hosts(part.value(), patterns));
                            case "command" -> Optional.of(commands(part.value(), patterns, true));
                            default -> Optional.empty();
                        };
                condition.ifPresent(
                        c -> conditions.add(new Selector(key + ": " + patterns, List.of(c))));
            }
            tags.add(new Policy.TagDefinition(tag, conditions));
        }
        return tags;
    }

    // -- windows ----------------------------------------------------------------------------

    private void windows(@Nullable Tree tree) {
        if (tree == null) {
            return;
        }
        if (!(tree instanceof Tree.Entries map)) {
            error(tree, "`windows` is " + tree.kind() + "; expected a map of names to windows");
            return;
        }
        for (Tree.Entry entry : map.entries()) {
            window(entry.key().value(), entry.value())
                    .ifPresent(window -> windows.put(entry.key().value(), window));
        }
    }

    private Optional<Window> window(String name, Tree tree) {
        if (!(tree instanceof Tree.Entries map)) {
            error(
                    tree,
                    "the window `"
                            + name
                            + "` is "
                            + tree.kind()
                            + "; expected such as `{days: mon-fri, from: \"09:00\", to: \"18:00\", zone:"
                            + " Europe/Amsterdam}`");
            return Optional.empty();
        }
        keys(map, "windows." + name, WINDOW_KEYS, Set.of());
        Keys keys = new Keys(map);
        Set<DayOfWeek> days = keys.read("days", this::days, EnumSet.allOf(DayOfWeek.class));
        Tree zoneTree = keys.get("zone");
        Optional<ZoneId> zone = Optional.empty();
        if (zoneTree == null) {
            error(
                    map,
                    "the window `"
                            + name
                            + "` has no `zone`; expected such as"
                            + " `Europe/Amsterdam`");
        } else {
            zone = zone(zoneTree, text(zoneTree));
        }
        Optional<LocalTime> from =
                keys.read("from", t -> time(t, text(t)), Optional.of(LocalTime.MIN));
        Optional<LocalTime> to = keys.read("to", t -> time(t, text(t)), Optional.of(LocalTime.MIN));
        List<Window.Dates> dates = dates(keys.get("dates"));
        List<Window.Dates> except = dates(keys.get("except"));
        if (days.isEmpty() || zone.isEmpty() || from.isEmpty() || to.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Window(name, days, from.get(), to.get(), zone.get(), dates, except));
    }

    private Set<DayOfWeek> days(Tree tree) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : strings(tree, "days")) {
            for (String range : part.split(",", -1)) {
                String[] ends = LowerCase.of(range.strip()).split("-", -1);
                int first = DAYS.indexOf(ends[0].strip());
                int last = DAYS.indexOf(ends[ends.length - 1].strip());
                if (first < 0 || last < 0 || ends.length > 2) {
                    error(
                            tree,
                            "`"
                                    + Nearest.shorten(range.strip())
                                    + "` is no day; expected such as `mon-fri` or `[sat, sun]`");
                    return EnumSet.noneOf(DayOfWeek.class);
                }
                for (int day = first; ; day = (day + 1) % 7) {
                    days.add(DayOfWeek.of(day + 1));
                    if (day == last) {
                        break;
                    }
                }
            }
        }
        return days;
    }

    private Optional<ZoneId> zone(Tree tree, String text) {
        try {
            if (text.contains("/") || text.equals("UTC")) {
                return Optional.of(ZoneId.of(text));
            }
        } catch (DateTimeException e) {
            // Reported below, like a name without a slash.
        }
        error(
                tree,
                "`"
                        + Nearest.shorten(text)
                        + "` is no time zone; expected such as"
                        + " `Europe/Amsterdam` or `UTC`"
                        + Nearest.of(text, ZoneId.getAvailableZoneIds())
                                .map(near -> "; did you mean `" + near + "`?")
                                .orElse(""));
        return Optional.empty();
    }

    private Optional<LocalTime> time(Tree tree, String text) {
        if (text.matches("([01][0-9]|2[0-3]):[0-5][0-9]")) {
            return Optional.of(LocalTime.parse(text));
        }
        if (text.equals("24:00")) {
            return Optional.of(LocalTime.MIN);
        }
        error(
                tree,
                "`"
                        + Nearest.shorten(text)
                        + "` is no time of day; expected such as"
                        + " `\"09:00\"`, in quotes");
        return Optional.empty();
    }

    private List<Window.Dates> dates(@Nullable Tree tree) {
        List<Window.Dates> dates = new ArrayList<>();
        if (tree == null) {
            return dates;
        }
        for (String text : strings(tree, "dates")) {
            String[] ends = text.split("\\.\\.", -1);
            try {
                LocalDate first = LocalDate.parse(ends[0].strip());
                LocalDate last = LocalDate.parse(ends[ends.length - 1].strip());
                if (ends.length > 2 || last.isBefore(first)) {
                    throw new DateTimeException("order");
                }
                dates.add(new Window.Dates(first, last));
            } catch (DateTimeException e) {
                error(
                        tree,
                        "`"
                                + Nearest.shorten(text)
                                + "` is no date; expected such as `2026-12-25` or"
                                + " `2026-12-20..2027-01-03`");
            }
        }
        return dates;
    }

    // -- rules ------------------------------------------------------------------------------

    private List<Rule> rules(Tree tree) {
        List<Rule> rules = new ArrayList<>();
        if (!(tree instanceof Tree.Items items)) {
            error(
                    tree,
                    "`rules` is " + tree.kind() + "; expected a list such as `- ask: git_push`");
            return rules;
        }
        if (items.items().size() > MAX_RULES) {
            error(
                    tree,
                    "the document has "
                            + items.items().size()
                            + " rules; expected at most "
                            + MAX_RULES);
            return rules;
        }
        for (Tree item : items.items()) {
            if (item instanceof Tree.Text text && !text.absent()) {
                error(
                        item,
                        "named rules such as `"
                                + Nearest.shorten(text.value())
                                + "` are not supported by this version; expected such as"
                                + " `{ask: git_push}`");
            } else if (item instanceof Tree.Entries map) {
                rule(map).ifPresent(rules::add);
            } else {
                error(item, "a rule is " + item.kind() + "; expected such as `{ask: git_push}`");
            }
        }
        return rules;
    }

    private Optional<Rule> rule(Tree.Entries map) {
        int before = errors();
        keys(map, "rules", RULE_KEYS, RULE_LATER);
        Keys keys = new Keys(map);
        List<String> effects = EFFECTS.stream().filter(keys::has).toList();
        if (effects.size() != 1) {
            if (errors() == before || effects.size() > 1) {
                error(
                        map,
                        (effects.isEmpty()
                                        ? "the rule has no effect"
                                        : "the rule has "
                                                + effects.size()
                                                + " effects, "
                                                + Nearest.list(effects))
                                + "; expected one of `allow`, `ask`, `deny`, `defer`");
            }
            return Optional.empty();
        }
        Effect effect = Effect.of(effects.getFirst()).orElseThrow();
        Tree selectorTree = keys.get(effects.getFirst());
        if (selectorTree == null) {
            return Optional.empty();
        }
        Optional<Selector> selector =
                new SelectorReader(this).read(selectorTree, effect != Effect.ALLOW);
        Rule.People people = people(keys);
        for (String key : List.of("approvers", "require", "at_least", "not_requester", "expires")) {
            Tree misplaced = keys.get(key);
            if (effect != Effect.ASK && misplaced != null) {
                error(
                        misplaced,
                        "`" + key + "` says who answers a question; expected an `ask` rule");
            }
        }
        Duration expires = keys.find("expires", this::duration).orElse(null);
        String reason = keys.find("reason", t -> line(t, "reason")).orElse(null);
        Tree during = keys.get("during");
        Tree outside = keys.get("outside");
        Rule.Time time = null;
        if (during != null) {
            time = ruleTime(during, false).orElse(null);
            if (outside != null) {
                error(outside, "the rule has `during` and `outside`; expected one of them");
            }
        } else if (outside != null) {
            time = ruleTime(outside, true).orElse(null);
        }
        Rule.Until until = null;
        Tree untilTree = keys.get("until");
        if (untilTree != null) {
            if (effect != Effect.DEFER) {
                error(
                        untilTree,
                        "`until` is when a deferred call is decided again; expected a `defer`"
                                + " rule");
            } else {
                until = until(untilTree, time).orElse(null);
            }
        }
        if (effect == Effect.DEFER && until == null && time == null && errors() == before) {
            error(map, "the rule does not say until when; expected `until`, `during` or `outside`");
        }
        if (selector.isEmpty() || errors() > before) {
            return Optional.empty();
        }
        Rule rule = new Rule(effect, selector.get(), at(map), reason, people, expires, time, until);
        Tree exampleTree = keys.get("examples");
        if (exampleTree != null) {
            new ExampleCheck(this, examples).check(exampleTree, rule);
        }
        return Optional.of(rule);
    }

    private Optional<Rule.Time> ruleTime(Tree tree, boolean outside) {
        return word(tree, outside ? "outside" : "during", windows.keySet())
                .map(windows::get)
                .map(window -> new Rule.Time(window, outside));
    }

    private Optional<Rule.Until> until(Tree tree, Rule.@Nullable Time time) {
        String[] parts = text(tree).strip().split("\\s+", -1);
        Optional<LocalTime> at = time(tree, parts[0]);
        Optional<ZoneId> zone =
                parts.length == 2
                        ? zone(tree, parts[1])
                        : time != null ? Optional.of(time.window().zone()) : Optional.empty();
        if (parts.length == 1 && time == null && at.isPresent()) {
            error(tree, "`until` has no time zone; expected such as `\"02:00 Europe/Amsterdam\"`");
        }
        return at.flatMap(clock -> zone.map(z -> new Rule.Until(clock, z)));
    }

    private Optional<Duration> duration(Tree tree) {
        Matcher matcher = DURATION.matcher(text(tree).strip());
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            error(tree, "`expires` is " + tree.kind() + "; expected such as `30m`, `4h` or `2d`");
            return Optional.empty();
        }
        long count = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "h" -> Duration.ofHours(count);
                    case "d" -> Duration.ofDays(count);
                    default -> Duration.ofMinutes(count);
                });
    }

    // -- approvals --------------------------------------------------------------------------

    private List<ApprovalPolicy> approvals(Tree tree) {
        List<ApprovalPolicy> approvals = new ArrayList<>();
        if (!(tree instanceof Tree.Items items)) {
            error(
                    tree,
                    "`approvals` is "
                            + tree.kind()
                            + "; expected a list such as `- {match: \"git_*\", approvers: [{role:"
                            + " maintainer}]}`");
            return approvals;
        }
        for (Tree item : items.items()) {
            if (!(item instanceof Tree.Entries map)) {
                error(
                        item,
                        "an approval policy is "
                                + item.kind()
                                + "; expected such as `{match: \"git_*\", approvers: [{role:"
                                + " maintainer}]}`");
                continue;
            }
            keys(map, "approvals", APPROVAL_KEYS, Set.of());
            Keys keys = new Keys(map);
            Set<Action> actions = EnumSet.allOf(Action.class);
            Tree match = keys.get("match");
            if (match != null) {
                actions = EnumSet.noneOf(Action.class);
                for (String pattern : strings(match, "match")) {
                    actions.addAll(actions(match, pattern));
                }
            }
            Set<RiskTier> tiers = EnumSet.allOf(RiskTier.class);
            Tree risk = keys.get("risk");
            if (risk != null) {
                tiers = EnumSet.noneOf(RiskTier.class);
                if (risk instanceof Tree.Items list) {
                    for (Tree one : list.items()) {
                        tier(one, "risk").ifPresent(tiers::add);
                    }
                } else {
                    Optional<RiskTier> least = tier(risk, "risk");
                    for (RiskTier tier : RiskTier.values()) {
                        if (least.isPresent() && tier.atLeast(least.get())) {
                            tiers.add(tier);
                        }
                    }
                }
            }
            if (!keys.has("approvers")) {
                error(
                        map,
                        "the approval policy names no `approvers`; expected such as"
                                + " `[{role: maintainer}]`");
            }
            boolean binding = keys.read("binding", t -> yes(t, "binding").orElse(false), false);
            approvals.add(new ApprovalPolicy(actions, tiers, people(keys), binding, at(map)));
        }
        return approvals;
    }

    private Rule.People people(Keys keys) {
        List<String> approvers = new ArrayList<>();
        Tree tree = keys.get("approvers");
        if (tree != null) {
            List<Tree> items = tree instanceof Tree.Items list ? list.items() : List.of(tree);
            if (items.isEmpty()) {
                error(tree, "`approvers` is empty; expected such as `[{role: maintainer}]`");
            }
            items.forEach(item -> approver(item).ifPresent(approvers::add));
        }
        Requirement.Quorum quorum = new Requirement.Quorum.Any();
        Tree require = keys.get("require");
        Tree atLeast = keys.get("at_least");
        if (require != null
                && word(require, "require", List.of("any", "all")).equals(Optional.of("all"))) {
            quorum = new Requirement.Quorum.All();
        }
        if (atLeast != null) {
            if (require != null) {
                error(atLeast, "`require` and `at_least` stand together; expected one of them");
            }
            String text = text(atLeast);
            if (text.matches("[1-9][0-9]?")) {
                quorum = new Requirement.Quorum.AtLeast(Integer.parseInt(text));
            } else {
                error(
                        atLeast,
                        "`at_least` is " + atLeast.kind() + "; expected a number from 1 to 99");
            }
        }
        boolean notRequester =
                keys.read("not_requester", t -> yes(t, "not_requester").orElse(true), false);
        return new Rule.People(approvers, quorum, notRequester);
    }

    private Optional<String> approver(Tree tree) {
        String expected =
                "; expected an e-mail address, `{role: NAME}`, `{role: NAME, team: NAME}`"
                        + " or `{team: NAME}`";
        if (tree instanceof Tree.Text text) {
            if (text.value().matches("[^@\\s]+@[^@\\s]+")) {
                return Optional.of(LowerCase.of(text.value()));
            }
            error(tree, "an approver is " + tree.kind() + expected);
            return Optional.empty();
        }
        if (!(tree instanceof Tree.Entries map) || map.entries().isEmpty()) {
            error(tree, "an approver is " + tree.kind() + expected);
            return Optional.empty();
        }
        keys(map, "approvers", List.of("role", "team"), Set.of());
        Keys keys = new Keys(map);
        Optional<String> role = keys.find("role", t -> name(t, "role"));
        Optional<String> team = keys.find("team", t -> name(t, "team"));
        if (role.isPresent()) {
            return Optional.of("role:" + role.get() + team.map(t -> "@" + t).orElse(""));
        }
        return team.map(t -> "team:" + t);
    }

    // -- small parts ------------------------------------------------------------------------

    /** Every action a name or pattern means; an error when none. */
    Set<Action> actions(Tree tree, String pattern) {
        Glob glob = Glob.word(pattern);
        Set<Action> actions = EnumSet.noneOf(Action.class);
        List<String> names = new ArrayList<>();
        for (Action action : Action.values()) {
            names.add(action.wire());
            if (glob.matches(action.wire())) {
                actions.add(action);
            }
        }
        if (actions.isEmpty()) {
            error(
                    tree,
                    "`"
                            + Nearest.shorten(pattern)
                            + "` is no action"
                            + (pattern.contains("*") ? " and matches none" : "")
                            + (pattern.contains(" ")
                                    ? "; expected such as `{shell_run: \""
                                            + Nearest.shorten(pattern)
                                            + "\"}` for a command"
                                    : Nearest.hint(pattern, names)));
        }
        return actions;
    }

    Condition paths(Tree tree, List<String> patterns) {
        List<PathPattern> list = new ArrayList<>();
        for (String pattern : patterns) {
            Optional<String> problem = PathPattern.problem(pattern);
            if (problem.isPresent()) {
                error(tree, problem.get());
            } else {
                list.add(PathPattern.of(pattern));
            }
        }
        return new Condition.Paths(list);
    }

    Condition hosts(Tree tree, List<String> patterns) {
        List<WebPattern> list = new ArrayList<>();
        for (String pattern : patterns) {
            Optional<String> problem = WebPattern.problem(pattern);
            if (problem.isPresent()) {
                error(tree, problem.get());
            } else {
                list.add(WebPattern.of(pattern));
            }
        }
        return new Condition.Hosts(list);
    }

    Condition commands(Tree tree, List<String> patterns, boolean further) {
        List<CommandPattern> list = new ArrayList<>();
        for (String pattern : patterns) {
            Optional<String> problem = CommandPattern.problem(pattern);
            if (problem.isPresent()) {
                error(tree, problem.get());
            } else {
                list.add(CommandPattern.of(pattern));
            }
        }
        return new Condition.Command(list, further);
    }

    List<Glob> words(Tree tree, List<String> patterns) {
        List<Glob> list = new ArrayList<>();
        for (String pattern : patterns) {
            if (pattern.isEmpty() || pattern.length() > 1000 || !Glob.writable(pattern)) {
                error(tree, "a pattern is empty, too long or holds a control character");
            } else {
                list.add(Glob.word(pattern));
            }
        }
        return list;
    }

    Optional<RiskTier> tier(Tree tree, String key) {
        return word(tree, key, Arrays.stream(RiskTier.values()).map(RiskTier::wire).toList())
                .flatMap(RiskTier::of);
    }

    /** A text or a list of texts, none of them empty. */
    List<String> strings(Tree tree, String what) {
        List<Tree> items = tree instanceof Tree.Items list ? list.items() : List.of(tree);
        List<String> texts = new ArrayList<>();
        if (items.isEmpty()) {
            error(tree, "`" + what + "` is an empty list; expected at least one entry");
        }
        for (Tree item : items) {
            if (item instanceof Tree.Text text && !text.absent() && !text.value().isEmpty()) {
                texts.add(text.value());
            } else {
                error(
                        item,
                        "`"
                                + what
                                + "` is "
                                + item.kind()
                                + "; expected a text or a list of texts");
            }
        }
        return texts;
    }

    Optional<String> word(Tree tree, String key, Collection<String> valid) {
        if (!(tree instanceof Tree.Text text) || text.absent()) {
            error(
                    tree,
                    "`" + key + "` is " + tree.kind() + "; expected one of " + Nearest.list(valid));
            return Optional.empty();
        }
        if (!valid.contains(text.value())) {
            error(tree, "`" + key + "` is " + tree.kind() + Nearest.hint(text.value(), valid));
            return Optional.empty();
        }
        return Optional.of(text.value());
    }

    private Optional<Boolean> yes(Tree tree, String key) {
        return word(tree, key, List.of("true", "false")).map(Boolean::valueOf);
    }

    private Optional<String> name(Tree tree, String key) {
        if (tree instanceof Tree.Text text
                && text.value().matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._/-]{0,99}")) {
            return Optional.of(text.value());
        }
        error(
                tree,
                "`"
                        + key
                        + "` is "
                        + tree.kind()
                        + "; expected a name of letters, digits and `._/-`");
        return Optional.empty();
    }

    private Optional<String> line(Tree tree, String key) {
        if (tree instanceof Tree.Text text && !text.absent() && text.value().length() <= 1000) {
            return Optional.of(text.value().strip().replaceAll("\\p{Cntrl}+", " "));
        }
        error(
                tree,
                "`"
                        + key
                        + "` is "
                        + tree.kind()
                        + "; expected one sentence of at most 1000 characters");
        return Optional.empty();
    }

    String text(Tree tree) {
        return tree instanceof Tree.Text text ? text.value() : "";
    }

    void keys(Tree.Entries map, String where, Collection<String> valid, Set<String> later) {
        for (Tree.Entry entry : map.entries()) {
            String key = entry.key().value();
            if (later.contains(key)) {
                error(entry.key(), "`" + key + "` is not supported by this version");
            } else if (!valid.contains(key)) {
                error(
                        entry.key(),
                        "unknown key `"
                                + Nearest.shorten(key)
                                + "`"
                                + (where.isEmpty() ? "" : " in `" + where + "`")
                                + Nearest.hint(key, valid));
            }
        }
    }

    Position at(Tree tree) {
        return new Position(file, tree.line(), tree.column());
    }

    private int errors() {
        return (int) problems.stream().filter(PolicyProblem::error).count();
    }

    void error(Tree tree, String message) {
        problems.add(new PolicyProblem(file, tree.line(), tree.column(), message, true));
    }

    void warning(Tree tree, String message) {
        problems.add(new PolicyProblem(file, tree.line(), tree.column(), message, false));
    }
}
