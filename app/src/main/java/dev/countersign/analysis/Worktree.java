package dev.countersign.analysis;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The repository git would find from a folder.
 *
 * @param root the top of the working tree; of a bare repository its own folder
 * @param git where the index and {@code HEAD} of this working tree are
 * @param common what all working trees of the repository share
 * @param bare whether the folder is a repository without a working tree
 */
record Worktree(String root, String git, String common, boolean bare) {
    private static final int MOST_LEVELS = 40;

    /** Looks upwards from a folder, as git does. */
    static Optional<Worktree> at(Facts facts, @Nullable String directory) {
        String folder = directory;
        for (int i = 0; folder != null && i < MOST_LEVELS; i++) {
            String git = (folder.equals("/") ? "" : folder) + "/.git";
            Facts.Kind kind = facts.opened(git);
            if (kind == Facts.Kind.DIRECTORY && isRepository(facts, git)) {
                return Optional.of(new Worktree(folder, git, common(facts, git), false));
            }
            if (kind == Facts.Kind.FILE) {
                String target = pointed(facts, git, folder);
                if (target != null) {
                    return Optional.of(new Worktree(folder, target, common(facts, target), false));
                }
            }
            if (facts.opened(folder + "/HEAD") == Facts.Kind.FILE
                    && facts.kind(folder + "/objects") == Facts.Kind.DIRECTORY
                    && facts.kind(folder + "/refs") == Facts.Kind.DIRECTORY) {
                return Optional.of(new Worktree(folder, folder, common(facts, folder), true));
            }
            folder = above(folder);
        }
        return Optional.empty();
    }

    /** Git passes by a folder of that name that holds no {@code HEAD}. */
    private static boolean isRepository(Facts facts, String git) {
        return facts.kind(git + "/HEAD") != Facts.Kind.MISSING;
    }

    private static @Nullable String pointed(Facts facts, String file, String folder) {
        String text = facts.text(file).orElse("").strip();
        if (!text.startsWith("gitdir:")) {
            return null;
        }
        String target = text.substring(7).strip();
        return Paths.normalise(target.startsWith("/") ? target : folder + "/" + target);
    }

    private static String common(Facts facts, String git) {
        String text = facts.text(git + "/commondir").orElse("").strip();
        if (text.isEmpty()) {
            return git;
        }
        return Paths.normalise(text.startsWith("/") ? text : git + "/" + text);
    }

    private static @Nullable String above(String folder) {
        int slash = folder.lastIndexOf('/');
        return folder.length() < 2 || slash < 0
                ? null
                : slash == 0 ? "/" : folder.substring(0, slash);
    }

    /** The index of this working tree, or empty when it cannot be read. */
    Optional<GitIndex> index(Facts facts) {
        String file = git + "/index";
        return facts.kind(file) == Facts.Kind.MISSING
                ? Optional.of(GitIndex.EMPTY)
                : facts.index(file);
    }

    /**
     * What names the project: the main working tree's folder where this is a linked one that the
     * repository knows of, else its own root.
     */
    String project(Facts facts) {
        if (git.equals(common) || !common.endsWith("/.git")) {
            return root;
        }
        // Anybody can write a `.git` file; the repository has to name this working tree in turn.
        String back = facts.text(git + "/gitdir").orElse("").strip();
        boolean known =
                Paths.below(git, common + "/worktrees")
                        && facts.resolve(back).equals(facts.resolve(root + "/.git"));
        return known ? common.substring(0, Math.max(1, common.length() - 5)) : root;
    }
}
