package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.Domain;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what a rule is about. */
final class SelectorReader {
    static final List<String> KEYS =
            List.of(
                    "risk", "tag", "domain", "tool", "server", "host", "path", "command", "agent",
                    "client", "person", "team");

    private final Source source;

    SelectorReader(Source source) {
        this.source = source;
    }

    Optional<Selector> read(Tree tree, boolean restrictive) {
        int before = source.problems().size();
        List<Condition> conditions = new ArrayList<>();
        String text;
        if (tree instanceof Tree.Entries map) {
            List<String> parts = new ArrayList<>();
            Tree.Text action = null;
            for (Tree.Entry entry : map.entries()) {
                String key = entry.key().value();
                parts.add(key + ": " + show(entry.value()));
                if (KEYS.contains(key)) {
                    part(key, entry.value(), restrictive).ifPresent(conditions::add);
                } else {
                    if (action != null) {
                        source.error(
                                entry.key(),
                                "`"
                                        + action.value()
                                        + "` and `"
                                        + key
                                        + "` can never both match; expected one action in a rule");
                    }
                    action = entry.key();
                    action(entry.key(), entry.value(), restrictive, conditions);
                }
            }
            if (map.entries().isEmpty()) {
                source.error(map, "the selector is empty; expected such as `git_push`");
            }
            text = String.join(", ", parts);
        } else {
            Set<Action> actions = EnumSet.noneOf(Action.class);
            List<String> names = source.strings(tree, "selector");
            names.forEach(name -> actions.addAll(source.actions(tree, name)));
            conditions.add(new Condition.Actions(actions));
            text = String.join(", ", names);
        }
        return source.problems().stream().skip(before).anyMatch(PolicyProblem::error)
                ? Optional.empty()
                : Optional.of(new Selector(text, conditions));
    }

    private static String show(Tree tree) {
        return switch (tree) {
            case Tree.Text text -> text.value();
            case Tree.Items items ->
                    String.join(" | ", items.items().stream().map(SelectorReader::show).toList());
            case Tree.Entries map ->
                    String.join(
                            ", ",
                            map.entries().stream()
                                    .map(e -> e.key().value() + "=" + show(e.value()))
                                    .toList());
        };
    }

    private void action(
            Tree.Text key, Tree value, boolean restrictive, List<Condition> conditions) {
        List<String> valid = new ArrayList<>(KEYS);
        for (Action action : Action.values()) {
            valid.add(action.wire());
        }
        if (!key.value().contains("*") && !valid.contains(key.value())) {
            source.error(
                    key,
                    "`"
                            + Nearest.shorten(key.value())
                            + "` is no action and no selector"
                            + Nearest.hint(key.value(), valid));
            return;
        }
        Set<Action> actions = source.actions(key, key.value());
        if (actions.isEmpty()) {
            return;
        }
        conditions.add(new Condition.Actions(actions));
        if (value instanceof Tree.Entries fields) {
            if (fields.entries().isEmpty()) {
                source.error(
                        value,
                        "`"
                                + key.value()
                                + "` has an empty map; write `"
                                + key.value()
                                + "` alone, or a field in the map");
            }
            List<String> names = fields(actions);
            boolean attributed = names.contains("server");
            if (attributed) {
                fields.entries().stream()
                        .map(entry -> entry.key().value())
                        .filter(SelectorReader::attribute)
                        .forEach(names::add);
            }
            source.keys(fields, key.value(), names, Set.of());
            for (Tree.Entry field : fields.entries()) {
                if (names.contains(field.key().value())) {
                    conditions.add(field(field.key().value(), field.value(), restrictive));
                }
            }
            return;
        }
        List<String> patterns = source.strings(value, key.value());
        Set<Domain> domains = EnumSet.noneOf(Domain.class);
        actions.forEach(action -> domains.add(action.domain()));
        if (domains.size() > 1) {
            source.error(
                    value,
                    "`"
                            + key.value()
                            + "` covers several domains, so it is not plain what the pattern"
                            + " means; expected such as `{path: …}`, `{host: …}` or `{shell_run:"
                            + " …}`");
            return;
        }
        conditions.add(
                switch (domains.iterator().next()) {
                    case FILESYSTEM -> source.paths(value, patterns);
                    case SHELL -> source.commands(value, patterns, restrictive);
                    case WEB, BROWSER ->
                            actions.equals(EnumSet.of(Action.WEB_SEARCH))
                                    ? new Condition.Field("name", source.words(value, patterns))
                                    : source.hosts(value, patterns);
                    case GIT -> new Condition.Field("branch", source.words(value, patterns));
                    case MCP -> new Condition.Tool(source.words(value, patterns));
                    case TASKS, PROJECTS, COMMS, TEAMS, WORKFLOWS, AGENTS, SKILLS ->
                            new Condition.Field("name", source.words(value, patterns));
                });
    }

    /** What a caller says of its subject, its resource or the occasion: {@code resource.status}. */
    private static boolean attribute(String name) {
        return name.matches("(subject|action|resource|context)\\.[A-Za-z0-9_.:-]{1,64}");
    }

    private static List<String> fields(Set<Action> actions) {
        List<String> fields = new ArrayList<>();
        boolean first = true;
        for (Action action : actions) {
            List<String> own =
                    switch (action.domain()) {
                        case FILESYSTEM -> List.of("path", "command");
                        case GIT -> List.of("branch", "remote", "path", "command");
                        case SHELL -> List.of("command", "program");
                        case WEB, BROWSER -> List.of("host", "url", "command");
                        case MCP -> List.of("server", "tool", "id");
                        case TASKS, PROJECTS, COMMS, TEAMS, WORKFLOWS, AGENTS, SKILLS ->
                                List.of("name", "command");
                    };
            if (first) {
                fields.addAll(own);
                first = false;
            } else {
                fields.retainAll(own);
            }
        }
        fields.addAll(List.of("risk", "tag"));
        return fields;
    }

    private Condition field(String name, Tree value, boolean restrictive) {
        return switch (name) {
            case "path" -> source.paths(value, source.strings(value, name));
            case "command" -> source.commands(value, source.strings(value, name), restrictive);
            case "host", "url" -> source.hosts(value, source.strings(value, name));
            case "tool" -> new Condition.Tool(source.words(value, source.strings(value, name)));
            case "risk" -> risk(value, restrictive);
            case "tag" -> new Condition.Tag(source.words(value, source.strings(value, name)));
            default -> new Condition.Field(name, source.words(value, source.strings(value, name)));
        };
    }

    private Optional<Condition> part(String key, Tree value, boolean restrictive) {
        if (key.equals("risk")) {
            return Optional.of(risk(value, restrictive));
        }
        List<String> texts = source.strings(value, key);
        if (texts.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (key) {
                    case "path" -> source.paths(value, texts);
                    case "host" -> source.hosts(value, texts);
                    case "command" -> source.commands(value, texts, restrictive);
                    case "domain" -> domains(value, texts);
                    case "tag" -> new Condition.Tag(source.words(value, texts));
                    case "tool" -> new Condition.Tool(source.words(value, texts));
                    case "server" -> new Condition.Field("server", source.words(value, texts));
                    default -> new Condition.Who(key, source.words(value, texts));
                });
    }

    private Condition domains(Tree value, List<String> texts) {
        List<String> names = Arrays.stream(Domain.values()).map(Domain::wire).toList();
        Set<Domain> domains = EnumSet.noneOf(Domain.class);
        for (String text : texts) {
            if (!names.contains(text)) {
                source.error(
                        value,
                        "`" + Nearest.shorten(text) + "` is no domain" + Nearest.hint(text, names));
            }
            for (Domain domain : Domain.values()) {
                if (domain.wire().equals(text)) {
                    domains.add(domain);
                }
            }
        }
        return new Condition.InDomain(domains);
    }

    /** One tier means it and above in a restrictive rule, it and below in an allow. */
    private Condition risk(Tree value, boolean restrictive) {
        Set<RiskTier> tiers = EnumSet.noneOf(RiskTier.class);
        if (value instanceof Tree.Items items) {
            if (items.items().isEmpty()) {
                source.error(value, "`risk` is an empty list; expected at least one tier");
            }
            items.items().forEach(item -> source.tier(item, "risk").ifPresent(tiers::add));
        } else {
            Optional<RiskTier> named = source.tier(value, "risk");
            for (RiskTier tier : RiskTier.values()) {
                if (named.isPresent()
                        && (restrictive ? tier.atLeast(named.get()) : named.get().atLeast(tier))) {
                    tiers.add(tier);
                }
            }
        }
        return new Condition.Risk(tiers);
    }
}
