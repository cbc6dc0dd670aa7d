package dev.countersign.analysis;

import dev.countersign.call.Argument;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether {@code git add} takes in a secret the repository does not hold yet. */
final class GitStaging {
    /** Names looked at below a folder, and how deep. */
    private static final int MOST_NAMES = 400;

    private static final int DEEPEST = 2;

    private final Call call;
    private final boolean forced;
    private int looked;

    /**
     * @param forced whether what git ignores is taken too
     */
    GitStaging(Call call, boolean forced) {
        this.call = call;
        this.forced = forced;
    }

    /** Whether the word is a secret's own name, and not only a folder or a pattern around one. */
    boolean names(Argument word, @Nullable String directory) {
        Paths.Place place = call.paths.place(word, directory);
        String path = place.written();
        return path != null
                && place.pattern() == null
                && call.places.secret(Patterns.parts(path))
                && isNew(path);
    }

    /** Whether what the word stands for is a secret, or holds one. */
    boolean takes(Argument word, @Nullable String directory) {
        Paths.Place place = call.paths.place(word, directory);
        String path = place.written();
        return path != null && (names(word, directory) || below(path, 0));
    }

    private boolean below(String folder, int depth) {
        for (String name : call.facts.list(folder).orElse(List.of())) {
            if (++looked > MOST_NAMES) {
                return false;
            }
            if (name.equals(".git")) {
                continue;
            }
            String path = folder + "/" + name;
            if (call.places.secret(Patterns.parts(path)) && isNew(path)) {
                return true;
            }
            boolean deeper = depth < DEEPEST && call.facts.kind(path) == Facts.Kind.DIRECTORY;
            if (deeper && !name.equals("node_modules") && below(path, depth + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Not known to be tracked already, and not left out by an ignore file. */
    private boolean isNew(String path) {
        Optional<Worktree> found =
                Worktree.at(call.facts, path.substring(0, Math.max(1, path.lastIndexOf('/'))));
        if (found.isEmpty() || path.length() <= found.get().root().length() + 1) {
            return true;
        }
        Worktree tree = found.get();
        String relative = path.substring(tree.root().equals("/") ? 1 : tree.root().length() + 1);
        boolean tracked = tree.index(call.facts).map(index -> index.tracks(relative)).orElse(false);
        return !tracked && (forced || !GitIgnore.ignores(call.facts, tree, relative, false));
    }
}
