package dev.countersign.analysis;

import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What files hold after the commands of a call, for what the same call runs later: the text that
 * was written where it is known, and nothing that can be relied on where it is not.
 */
final class WrittenFiles {
    private static final int LONGEST = 64 * 1024;
    private static final int MOST_REDIRECTIONS = 16;

    /** To note a word as a file that may be written. */
    private static final int STEPS_A_WORD = 40;

    /** Programs that leave in the last file they name what stands in the other one. */
    private static final Set<String> COPIES = Set.of("cp", "mv", "ln", "install", "gcp", "gmv");

    private final Judge judge;

    /** The last redirection around several commands, and where it leads to. */
    private @Nullable Span around;

    WrittenFiles(Judge judge) {
        this.judge = judge;
    }

    /**
     * Notes what a redirection leaves in its file.
     *
     * @param before how many operations there were in front of it
     */
    void redirected(Job job, Invocation.Redirection redirection, int before) {
        boolean more = redirection.direction() == Invocation.Direction.APPEND;
        switch (redirection.direction()) {
            case READ -> {
                return;
            }
            case OVERWRITE -> {
                more = redirection.source().equals(around);
                around = redirection.source();
            }
            case TRUNCATE, APPEND, READ_WRITE -> {}
        }
        boolean few = job.invocation().redirections().size() <= MOST_REDIRECTIONS;
        boolean plain = redirection.direction() != Invocation.Direction.READ_WRITE;
        String printed = few && plain ? printed(job) : null;
        if (printed != null && printed.length() <= LONGEST) {
            judge.call.writes(place(job, redirection.target()), printed, more);
            noted(before);
        }
    }

    private Paths.Place place(Job job, Argument word) {
        return judge.call.paths.place(word, job.directory());
    }

    private void noted(int before) {
        List<Draft> all = judge.call.drafts;
        all.subList(before, all.size()).forEach(draft -> draft.noted = true);
    }

    /** What a command writes to its output, also where it hands on what it is given. */
    private @Nullable String printed(Job job) {
        Invocation command = job.invocation();
        String printed = judge.code().printedBy(command, job.context().shell());
        if (printed != null || command.argv().isEmpty() || command.local()) {
            return printed;
        }
        if (!"cat".equals(Judge.programName(command.argv().getFirst().value()))) {
            return null;
        }
        List<Argument> files = command.argv().subList(1, command.argv().size());
        return files.isEmpty()
                ? judge.code().constantInput(job)
                : files.size() == 1 ? text(job, files.getFirst()) : null;
    }

    /** The one text a file has, as far as the call and the disk tell. */
    private @Nullable String text(Job job, Argument file) {
        if ("/dev/stdin".equals(file.value()) || "-".equals(file.value())) {
            return judge.code().constantInput(job);
        }
        Paths.Place place = place(job, file);
        Set<String> texts = judge.call.written(place);
        if (judge.call.isUnread(place) || texts.size() > 1) {
            return null;
        }
        if (!texts.isEmpty()) {
            return texts.iterator().next();
        }
        String path = place.resolved();
        if (path == null || place.pattern() != null || place.stream()) {
            return null;
        }
        return judge.call.facts.text(path).orElse(null);
    }

    /**
     * Notes what a command leaves in the files it writes.
     *
     * @param before how many operations there were in front of it
     */
    void note(Job job, int before) {
        List<Draft> all = judge.call.drafts;
        String name =
                job.words().isEmpty() ? null : Judge.programName(job.words().getFirst().value());
        String text = null;
        boolean asked = name != null && KEEPS_TEXT.contains(name);
        boolean keeps = asked;
        boolean unpacks = name != null && CopiedTrees.UNPACKS.contains(name);
        for (int i = before; i < all.size(); i++) {
            Draft draft = all.get(i);
            if ("mkdir".equals(name)) {
                makes(draft);
            }
            if (unpacks) {
                unpacks(draft);
            }
            boolean changes =
                    draft.action == Action.FILE_WRITE || draft.action == Action.FILE_DELETE;
            if (draft.noted
                    || (keeps && draft.origin == Operation.Origin.PROGRAM)
                    || draft.unnamed
                    || !changes
                    || !(draft.resource instanceof Resource.Path path)) {
                continue;
            }
            draft.noted = true;
            if (!asked) {
                asked = true;
                text = name == null ? null : handedOn(job, name);
            }
            leaves(draft, path, text);
        }
        if (name != null && !job.invocation().local()) {
            unknownProgram(job, name);
            describes(job, name);
        }
    }

    private void makes(Draft draft) {
        if (draft.action == Action.FILE_WRITE
                && draft.origin == Operation.Origin.PROGRAM
                && draft.pattern == null
                && draft.resource instanceof Resource.Path path
                && path.written() != null) {
            judge.call.facts.makes(path.written());
        }
    }

    private void unpacks(Draft draft) {
        if (draft.action == Action.FILE_WRITE
                && draft.resource instanceof Resource.Path path
                && path.whole()
                && path.written() != null) {
            judge.call.facts.unpacks(path.written());
            judge.call.paths.unsure(path.written());
        }
    }

    /** Programs that change everything about a file but its text. */
    private static final Set<String> KEEPS_TEXT =
            Set.of("chmod", "chown", "chgrp", "touch", "setfacl", "xattr", "chattr", "mkdir");

    private void leaves(Draft draft, Resource.Path path, @Nullable String text) {
        boolean deletes = draft.action == Action.FILE_DELETE;
        // What a formatter writes says the same as before.
        boolean formats = draft.action == Action.FILE_WRITE && draft.cell == Action.SHELL_RUN;
        if (formats || (deletes && path.whole())) {
            return;
        }
        if (draft.pattern != null) {
            judge.call.facts.fills(draft.pattern);
            return;
        }
        for (String one : new String[] {path.written(), path.resolved()}) {
            if (one == null) {
                continue;
            }
            if (text != null) {
                judge.call.facts.writes(one, text);
            } else {
                judge.call.facts.writesUnknown(one);
                if (path.whole()) {
                    judge.call.facts.fills(one);
                }
            }
        }
    }

    /** The text a copying program leaves in the file it writes, if that is known. */
    private @Nullable String handedOn(Job job, String name) {
        List<Argument> files = new ArrayList<>();
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null || word.glob()) {
                return null;
            }
            if (!value.startsWith("-") || value.equals("-")) {
                files.add(word);
            }
        }
        if (name.equals("tee")) {
            boolean adds = job.constants().stream().anyMatch(word -> word.startsWith("-a"));
            return files.size() == 1 && !adds ? judge.code().constantInput(job) : null;
        }
        if (!COPIES.contains(name) || files.size() != 2) {
            return null;
        }
        String text = text(job, files.getFirst());
        return text == null || text.length() > LONGEST ? null : text;
    }

    /** Package managers that write the description of the project without naming it. */
    private void describes(Job job, String name) {
        boolean writes =
                switch (name) {
                    case "npm", "pnpm", "yarn", "bun" ->
                            job.constants().stream().anyMatch(word -> DESCRIBING.contains(word));
                    default -> false;
                };
        if (writes) {
            judge.call.writesUnknown(place(job, Argument.of("package.json")));
        }
    }

    private static final Set<String> DESCRIBING =
            Set.of("pkg", "init", "set-script", "create", "innit");

    /** A program nobody knows may write the files it is given. */
    private void unknownProgram(Job job, String name) {
        if (judge.catalogue.tool(name).isPresent()
                || Quiet.knows(name)
                || job.words().getFirst().value() == null) {
            return;
        }
        judge.call.works(STEPS_A_WORD * job.arguments().size());
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value != null && !value.isEmpty() && value.length() < 200) {
                Paths.Place place = place(job, word);
                if (!place.outside()) {
                    judge.call.writesUnknown(place);
                }
            }
        }
    }

    /** Whether the call has written a file before. */
    boolean has(Job job, Argument file) {
        Paths.Place place = place(job, file);
        return judge.call.facts.anyWritten()
                && (judge.call.isUnread(place) || !judge.call.written(place).isEmpty());
    }

    /** Hooks and settings of git that the call has written, where git runs after that. */
    void gitHooks(Job job) {
        boolean git = false;
        for (Argument word : job.words()) {
            git |= "git".equals(Judge.programName(word.value()));
        }
        if (!git) {
            return;
        }
        for (String path : List.copyOf(judge.call.facts.writtenPaths())) {
            boolean hook = path.contains("/.git/hooks/");
            boolean settings =
                    path.contains("/.git/")
                            && (path.endsWith("/config")
                                    || path.endsWith("/config.worktree")
                                    || path.endsWith("/info/attributes"));
            if ((hook || settings) && judge.call.facts.isUnread(path)) {
                judge.opaque(
                        job,
                        "`git` obeys a file that the same call has written and nobody has read");
            }
            if (hook) {
                for (String text : judge.call.facts.written(path)) {
                    judge.nested(text, job, job.directory(), Shell.SH);
                }
            }
        }
    }
}
