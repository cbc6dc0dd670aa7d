package dev.countersign.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what tags are added to. */
final class TagReader {
    private final Source source;

    TagReader(Source source) {
        this.source = source;
    }

    List<Policy.TagDefinition> read(Tree tree) {
        List<Policy.TagDefinition> tags = new ArrayList<>();
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "`tags` is "
                            + tree.kind()
                            + "; expected such as `{prod: {host: \"*.prod.example.com\"}}`");
            return tags;
        }
        for (Tree.Entry entry : map.entries()) {
            String tag = entry.key().value();
            if (!tag.matches("[a-z][a-z0-9-]{0,40}")) {
                source.error(
                        entry.key(),
                        "`"
                                + Nearest.shorten(tag)
                                + "` is no tag; expected lower-case letters, digits and `-`");
                continue;
            }
            if (!(entry.value() instanceof Tree.Entries parts)) {
                source.error(
                        entry.value(),
                        "the tag `"
                                + tag
                                + "` is "
                                + entry.value().kind()
                                + "; expected patterns under `path`, `host` or `command`");
                continue;
            }
            source.keys(parts, "tags." + tag, List.of("path", "host", "command"), Set.of());
            List<Selector> conditions = new ArrayList<>();
            for (Tree.Entry part : parts.entries()) {
                String key = part.key().value();
                List<String> patterns = source.strings(part.value(), key);
                Optional<Condition> condition =
                        switch (key) {
                            case "path" -> Optional.of(source.paths(part.value(), patterns));
                            case "host" -> Optional.of(source.hosts(part.value(), patterns));
                            case "command" ->
                                    Optional.of(source.commands(part.value(), patterns, true));
                            default -> Optional.empty();
                        };
                condition.ifPresent(
                        c -> conditions.add(new Selector(key + ": " + patterns, List.of(c))));
            }
            tags.add(new Policy.TagDefinition(tag, conditions));
        }
        return tags;
    }
}
