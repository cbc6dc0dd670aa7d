package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.RiskTier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files and folders that a call copies, moves or unpacks: what stands at the new place for the
 * commands that follow, which links came along, and which definitions of a project it goes over.
 */
final class CopiedTrees {
    private static final int MOST_FOLDERS = 300;
    private static final int MOST_NAMES = 5_000;
    private static final int MOST_MATCHES = 200;
    private static final int STEPS_A_FOLDER = 60;

    /** Looked into by nobody who goes by what a project defines. */
    private static final Set<String> PASSED_BY = Set.of("node_modules", ".git");

    /** Programs that put files at places which only the archive names. */
    static final Set<String> UNPACKS =
            Set.of(
                    ("tar gtar bsdtar untar unzip 7z 7za 7zz 7zr unrar rar cpio pax bsdcpio ar jar"
                                    + " unar patool atool aunpack dtrx ouch")
                            .split(" ", -1));

    private final Judge judge;

    CopiedTrees(Judge judge) {
        this.judge = judge;
    }

    /**
     * Notes that a source stands at a target too, and by its own name in it where that may be a
     * folder.
     *
     * @param links whether links stay links
     */
    void copied(Job job, Argument source, Argument target, boolean links) {
        Paths.Place from = judge.call.paths.place(source, job.directory());
        Paths.Place to = judge.call.paths.place(target, job.directory());
        String into = to.written();
        if (from.written() == null || into == null || to.pattern() != null || to.stream()) {
            return;
        }
        String written = String.valueOf(source.value());
        boolean content = written.endsWith("/.") || written.equals(".") || written.endsWith("/");
        for (String one : matches(from)) {
            String name = Paths.name(one);
            boolean pattern = from.pattern() != null;
            if (!pattern) {
                copied(job, one, into, links, false);
            }
            if (pattern || !content || !written.endsWith(".")) {
                copied(job, one, into + "/" + name, links, pattern);
            }
        }
    }

    private Set<String> matches(Paths.Place from) {
        String pattern = from.pattern();
        if (pattern == null) {
            return Set.of(String.valueOf(from.written()));
        }
        Set<String> found = new LinkedHashSet<>();
        String folder = pattern.substring(0, Math.max(1, pattern.lastIndexOf('/')));
        String last = Paths.name(pattern);
        if (!Patterns.isGlob(folder)) {
            for (String name : judge.call.facts.list(folder).orElse(List.of())) {
                if (found.size() < MOST_MATCHES && Patterns.glob(last, name)) {
                    found.add(folder + "/" + name);
                }
            }
        }
        return found;
    }

    private void copied(Job job, String from, String to, boolean links, boolean unnamed) {
        if (from.equals(to) || Paths.below(to, from)) {
            return;
        }
        if (!judge.call.facts.copies(from, to)) {
            judge.opaque(job, "more files are copied and moved than are followed");
        }
        if (judge.call.facts.kind(from) == Facts.Kind.DIRECTORY) {
            walk(job, from, to, links);
        } else if (unnamed) {
            goesOver(job, to);
        }
    }

    private void walk(Job job, String from, String to, boolean links) {
        Deque<String> folders = new ArrayDeque<>(List.of(""));
        boolean merges = judge.call.facts.kind(to) == Facts.Kind.DIRECTORY;
        int names = 0;
        for (int looked = 0; !folders.isEmpty(); looked++) {
            String below = folders.removeFirst();
            List<String> listed = judge.call.facts.list(from + below).orElse(null);
            names += listed == null ? 0 : listed.size();
            if (listed == null || looked >= MOST_FOLDERS || names > MOST_NAMES) {
                judge.call.paths.unsure(to);
                return;
            }
            judge.call.works(STEPS_A_FOLDER + listed.size());
            Set<String> linked =
                    new LinkedHashSet<>(judge.call.facts.links(from + below).orElse(listed));
            for (String name : listed) {
                String rest = below + "/" + name;
                if (linked.contains(name)) {
                    if (links) {
                        leads(job, from + rest, to + rest);
                    }
                } else if (judge.call.facts.kind(from + rest) == Facts.Kind.DIRECTORY) {
                    if (!PASSED_BY.contains(name)) {
                        folders.addLast(rest);
                    }
                } else if (merges) {
                    goesOver(job, to + rest);
                }
            }
        }
    }

    private void leads(Job job, String link, String made) {
        String target = judge.call.facts.resolve(link);
        if (target.equals(link)) {
            return;
        }
        Paths paths = judge.call.paths;
        boolean kept =
                paths.leads(paths.place(made, false, "/"), paths.place(target, false, "/"), false);
        if (!kept) {
            judge.opaque(job, "more files change their names than are followed");
        }
    }

    /** A definition that comes to stand in a folder there is already, unnamed by the command. */
    private void goesOver(Job job, String path) {
        String folder = path.substring(0, Math.max(1, path.lastIndexOf('/')));
        if (judge.call.facts.kind(folder) != Facts.Kind.DIRECTORY) {
            return;
        }
        Paths.Place place = judge.call.paths.place(path, false, "/");
        Places.Verdict verdict = judge.call.places.judge(Places.Touch.WRITE, place, false);
        boolean matters =
                verdict.risk().atLeast(RiskTier.MEDIUM) && !verdict.tags().contains("escape");
        if (matters && !isSaid(job, verdict)) {
            judge.file(job, Places.Touch.WRITE, place, false, path);
        }
    }

    /** Whether the command is judged as strictly for something else that it writes. */
    private boolean isSaid(Job job, Places.Verdict verdict) {
        for (Draft draft : judge.call.drafts) {
            if (draft.number == job.number()
                    && draft.action == Action.FILE_WRITE
                    && draft.risk.atLeast(verdict.risk())
                    && (draft.floor != null || verdict.floor() == null)) {
                return true;
            }
        }
        return false;
    }

    /** The settings of a repository in a folder that this call unpacked, or null. */
    @Nullable String unseenRepository(@Nullable String directory) {
        return directory != null && judge.call.facts.mayHoldUnseen(directory)
                ? "of settings that the same call unpacks"
                : null;
    }
}
