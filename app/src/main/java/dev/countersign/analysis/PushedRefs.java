package dev.countersign.analysis;

import dev.countersign.call.GitAddress;
import dev.countersign.call.Push;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a push would bring where, read from the repository it is pushed from. What is not plain is
 * not known: a gate in front of the other repository then lets nothing through.
 */
final class PushedRefs {
    private static final Pattern OBJECT = Pattern.compile("[0-9a-f]{40}([0-9a-f]{24})?");

    private final Facts facts;
    private final Worktree tree;
    private final List<GitConfig.Entry> settings;

    PushedRefs(Facts facts, Worktree tree, List<GitConfig.Entry> settings) {
        this.facts = facts;
        this.tree = tree;
        this.settings = List.copyOf(settings);
    }

    /**
     * One reference.
     *
     * @param remote the name or address, or null for what settings say
     * @param source what is pushed, empty for a deletion, or null
     * @param destination the branch or reference there, or null
     */
    Push push(
            @Nullable String remote,
            @Nullable String source,
            @Nullable String destination,
            boolean forced) {
        String to = remote == null ? byDefault().flatMap(this::address).orElse(null) : to(remote);
        if (source == null || destination == null) {
            return new Push(to, null, null, forced);
        }
        boolean deletes = source.isEmpty();
        String name = deletes ? null : reference(source);
        String kind = name != null && name.startsWith("refs/tags/") ? "refs/tags/" : "refs/heads/";
        String ref = destination.startsWith("refs/") ? destination : kind + destination;
        String commit = deletes ? Push.NOTHING : commit(name == null ? source : name);
        return new Push(to, ref, commit, forced);
    }

    private @Nullable String to(String remote) {
        return address(remote)
                .or(() -> GitAddress.normal(absolute(remote)))
                .filter(_ -> !rewritten())
                .orElse(null);
    }

    /** A path that does not begin at the root begins at the top of the working tree. */
    private String absolute(String written) {
        boolean relative = written.startsWith("./") || written.startsWith("../");
        return relative ? Paths.normalise(tree.root() + "/" + written) : written;
    }

    /** The one address that settings have for a remote. */
    private Optional<String> address(String remote) {
        List<String> pushed = values("remote." + remote + ".pushurl");
        List<String> urls = pushed.isEmpty() ? values("remote." + remote + ".url") : pushed;
        return urls.size() == 1 && !rewritten()
                ? GitAddress.normal(absolute(urls.getFirst()))
                : Optional.empty();
    }

    private boolean rewritten() {
        return settings.stream()
                .anyMatch(entry ->
                        entry.name().equals("insteadof") || entry.name().equals("pushinsteadof"));
    }

    private Optional<String> byDefault() {
        String branch = head().replaceFirst("^refs/heads/", "");
        return last("branch." + branch + ".pushremote")
                .or(() -> last("remote.pushdefault"))
                .or(() -> last("branch." + branch + ".remote"))
                .or(() -> Optional.of("origin"));
    }

    private List<String> values(String key) {
        return settings.stream()
                .filter(entry -> entry.key().equals(key))
                .map(GitConfig.Entry::text)
                .toList();
    }

    private Optional<String> last(String key) {
        return values(key).stream().reduce((_, later) -> later).filter(value -> !value.isEmpty());
    }

    /** The reference that is checked out, or empty. */
    private String head() {
        String head = facts.text(tree.git() + "/HEAD").orElse("").strip();
        return head.startsWith("ref: ") ? head.substring(5).strip() : "";
    }

    /** The whole name of a reference of ours, or null. */
    private @Nullable String reference(String source) {
        if (source.equals("HEAD") || source.equals("@")) {
            String head = head();
            return head.isEmpty() ? null : head;
        }
        if (source.startsWith("refs/")) {
            return source;
        }
        String plain = source.replaceFirst("^heads/", "");
        for (String kind : List.of("refs/tags/", "refs/heads/")) {
            if (object(kind + plain) != null) {
                return kind + plain;
            }
        }
        return null;
    }

    private @Nullable String commit(String source) {
        if (OBJECT.matcher(source).matches()) {
            return source;
        }
        if (source.equals("HEAD") || source.equals("@")) {
            String alone = facts.text(tree.git() + "/HEAD").orElse("").strip();
            return OBJECT.matcher(alone).matches() ? alone : null;
        }
        return source.startsWith("refs/") ? object(source) : null;
    }

    /** The object that a reference names, or null. */
    private @Nullable String object(String ref) {
        if (ref.matches("(?s).*(\\.\\.|[\\s~^:?*\\[\\\\]|@\\{).*")) {
            return null;
        }
        String own = facts.text(tree.common() + "/" + ref).orElse("").strip();
        if (OBJECT.matcher(own).matches()) {
            return own;
        }
        return facts.text(tree.common() + "/packed-refs")
                .orElse("")
                .lines()
                .filter(line -> line.endsWith(" " + ref))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .filter(object -> OBJECT.matcher(object).matches())
                .findFirst()
                .orElse(null);
    }
}
