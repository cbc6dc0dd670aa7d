package dev.countersign.policy;

import dev.countersign.analysis.KnownEntities;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code entities}: the people and things of one's own systems that are asked about. */
final class EntitiesReader {
    private static final String SUCH_AS =
            "; expected such as `{record: {actions: [read, write], known: {record-1: {status:"
                    + " active}}}}`";
    private static final int MOST = 10_000;
    private static final int MOST_ACTIONS = 200;
    private static final int MOST_ATTRIBUTES = 50;

    /** As long as the label of an agent may be. */
    private static final int LONGEST_ID = 128;

    private static final int LONGEST_VALUE = 1_000;

    private final Source source;
    private int entities;

    EntitiesReader(Source source) {
        this.source = source;
    }

    List<Policy.EntityEntry> read(Tree tree) {
        List<Policy.EntityEntry> types = new ArrayList<>();
        if (!(tree instanceof Tree.Entries map)) {
            source.error(tree, "`entities` is " + tree.kind() + SUCH_AS);
            return types;
        }
        for (Tree.Entry entry : map.entries()) {
            String type = entry.key().value();
            if (!(entry.value() instanceof Tree.Entries said)) {
                source.error(
                        entry.value(),
                        "`" + Nearest.shorten(type) + "` is " + entry.value().kind() + SUCH_AS);
                continue;
            }
            id(entry.key(), "a type of entities");
            source.keys(said, "entities." + type, List.of("actions", "known"), Set.of());
            Keys keys = new Keys(said);
            if (!keys.has("actions") && !keys.has("known")) {
                source.error(
                        said,
                        "`"
                                + Nearest.shorten(type)
                                + "` says nothing; expected `actions` or"
                                + " `known`");
            }
            types.add(
                    new Policy.EntityEntry(
                            new KnownEntities.Type(
                                    type,
                                    keys.read("actions", this::actions, List.of()),
                                    keys.read("known", this::known, Map.of())),
                            source.at(entry.key())));
        }
        return types;
    }

    private List<String> actions(Tree tree) {
        List<String> actions = source.strings(tree, "actions");
        if (actions.size() > MOST_ACTIONS || actions.stream().anyMatch(name -> !plain(name))) {
            source.error(
                    tree,
                    "`actions` must be at most "
                            + MOST_ACTIONS
                            + " names of at most "
                            + LONGEST_ID
                            + " characters");
        }
        return actions;
    }

    private Map<String, Map<String, String>> known(Tree tree) {
        Map<String, Map<String, String>> known = new LinkedHashMap<>();
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "`known` is "
                            + tree.kind()
                            + "; expected such as `{record-1: {status: active}}`");
            return known;
        }
        for (Tree.Entry entry : map.entries()) {
            if (++entities > MOST) {
                source.error(entry.key(), "there are more than " + MOST + " entities");
                break;
            }
            id(entry.key(), "an id");
            known.put(entry.key().value(), attributes(entry));
        }
        return known;
    }

    private Map<String, String> attributes(Tree.Entry one) {
        Map<String, String> attributes = new LinkedHashMap<>();
        if (one.value() instanceof Tree.Text text && text.absent()) {
            return attributes;
        }
        if (!(one.value() instanceof Tree.Entries map) || map.entries().size() > MOST_ATTRIBUTES) {
            source.error(
                    one.value(),
                    "`"
                            + Nearest.shorten(one.key().value())
                            + "` is "
                            + one.value().kind()
                            + "; expected `{}` or at most "
                            + MOST_ATTRIBUTES
                            + " attributes such as `{status: active}`");
            return attributes;
        }
        for (Tree.Entry entry : map.entries()) {
            String name = entry.key().value();
            if (name.equals("id") || name.equals("type") || !plain(name)) {
                source.error(
                        entry.key(),
                        "`"
                                + Nearest.shorten(name)
                                + "` is no attribute; expected a name other than `id` and `type`");
            } else if (entry.value() instanceof Tree.Text value
                    && !value.absent()
                    && value.value().length() <= LONGEST_VALUE) {
                attributes.put(name, value.value());
            } else {
                source.error(
                        entry.value(),
                        "`"
                                + Nearest.shorten(name)
                                + "` is "
                                + entry.value().kind()
                                + "; expected a text, a number or a truth");
            }
        }
        return attributes;
    }

    private void id(Tree.Text key, String what) {
        if (!plain(key.value())) {
            source.error(
                    key,
                    "`"
                            + Nearest.shorten(key.value())
                            + "` does not do as "
                            + what
                            + "; expected 1 to "
                            + LONGEST_ID
                            + " characters, none of them a control character");
        }
    }

    private static boolean plain(String name) {
        return !name.isBlank()
                && name.length() <= LONGEST_ID
                && name.chars().noneMatch(Character::isISOControl);
    }
}
