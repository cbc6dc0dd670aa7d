package dev.countersign.analysis;

import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Programs that work on files. */
final class FileCommands {
    private final Judge judge;

    /** What was found about words that may name a secret, looked at from one folder. */
    private final Map<String, Boolean> looked = new HashMap<>();

    private @Nullable String lookedFrom;

    FileCommands(Judge judge) {
        this.judge = judge;
    }

    boolean judge(Job job, String name) {
        switch (judge.catalogue.canonical(name)) {
            case "rm" -> remove(job, name, job.arguments());
            case "rmdir", "unlink", "trash" -> simpleRemove(job, name);
            case "shred" -> shred(job, name);
            case "mv" -> move(job, name);
            case "cp" -> copy(job, name);
            case "install" -> copy(job, name);
            case "ln", "link" -> link(job, name);
            case "ffplay" -> judge.generic(media(job), name, tool(name));
            case "dd" -> dd(job);
            case "truncate" -> truncate(job, name);
            case "tee" -> {
                return empties(job, name);
            }
            case "chmod", "chown", "chgrp", "chattr", "setfacl" -> mode(job, name);
            case "xattr" -> attributes(job, name);
            case "comby" -> rewrite(job, name);
            case "tar" -> tar(job, name);
            case "unzip" -> unzip(job, name);
            case "7z", "cpio", "unrar" -> unpack(job, name);
            case "ar", "jar" -> members(job, name);
            case "dpkg" -> {
                return takesApart(job, name);
            }
            case "adb" -> {
                return pulls(job, name);
            }
            case "patch" -> patch(job, name);
            case "apply_patch", "applypatch" -> clientPatch(job);
            case "mkdir" -> {
                Reading reading =
                        Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
                judge.generic(job, name, reading);
                setsId(job, reading.value("-m", "--mode"));
            }
            case "ffmpeg", "ffprobe" -> film(media(job), name);
            case "gzip", "zstd", "brotli" -> new Compressors(judge).judge(job, name);
            case "grep", "rg", "ag", "ack" -> search(job, name);
            case "ls", "stat", "tree", "du" -> list(job, name);
            case "cd", "pushd", "popd" -> directory(job);
            case "printenv" -> printenv(job);
            case "alias", "unalias", "let", "unset", "shift", "getopts" -> {
                judge.fact(job, "changes the state of the shell");
                if (name.equals("unset") && job.constants().contains("PATH")) {
                    // A shell without it takes the names of programs for files of the folder.
                    judge.assignment(job, "PATH", null, job.source());
                }
            }
            case "mktemp" -> temporary(job, name);
            case "set", "declare", "export" -> variables(job, name);
            case "jq", "yq" -> json(job, name);
            case "sort", "uniq", "cat", "head", "tail", "wc" -> {
                Tool tool = judge.catalogue.tool(name).orElseThrow();
                judge.generic(job, name, Reading.of(tool, job.arguments()));
            }
            default -> {
                if (name.startsWith("mkfs")) {
                    judge.shell(
                                    job,
                                    RiskTier.CRITICAL,
                                    "makes a file system: all data of a disk is lost")
                            .tag("destructive");
                    return true;
                }
                return disk(job, name);
            }
        }
        return true;
    }

    private boolean disk(Job job, String name) {
        return switch (name) {
            case "fdisk",
                    "parted",
                    "wipefs",
                    "blkdiscard",
                    "cryptsetup",
                    "lvremove",
                    "mkswap",
                    "sgdisk",
                    "sfdisk" -> {
                Tool tool = judge.catalogue.tool(name).orElse(null);
                Reading reading = tool == null ? null : Reading.of(tool, job.arguments());
                if (reading != null && !reading.deeds().contains(Deed.DESTROY)) {
                    judge.generic(job, name, reading);
                } else {
                    judge.shell(job, RiskTier.CRITICAL, "`" + name + "` can destroy a disk")
                            .tag("destructive");
                }
                yield true;
            }
            case "reboot", "shutdown", "poweroff", "halt", "init", "userdel" -> {
                judge.shell(job, RiskTier.CRITICAL, "`" + name + "` changes the whole machine")
                        .tag("destructive");
                yield true;
            }
            default -> false;
        };
    }

    private Reading read(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        judge.unproven(job, name, reading);
        return reading;
    }

    /** The arguments of a program nobody knows: whatever looks like a path outside counts. */
    void pathsAmongArguments(Job job) {
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null || value.startsWith("-")) {
                continue;
            }
            boolean path =
                    value.startsWith("/")
                            || value.startsWith("~")
                            || value.startsWith("../")
                            || value.equals("..")
                            || value.contains("/../");
            if (path || looksSecret(job, value)) {
                judge.file(job, Places.Touch.READ, word, false);
            }
        }
    }

    private boolean looksSecret(Job job, String value) {
        if (value.indexOf(' ') >= 0 || value.length() > 200 || job.directory() == null) {
            return false;
        }
        if (!job.directory().equals(lookedFrom)) {
            lookedFrom = job.directory();
            looked.clear();
        }
        Boolean known = looked.get(value);
        if (known == null) {
            known = isSecret(job, value);
            looked.put(value, known);
        }
        return known;
    }

    private boolean isSecret(Job job, String value) {
        Paths.Place place = judge.call.paths.place(value, false, job.directory());
        String written = place.written();
        return written != null && judge.call.places.secret(Patterns.parts(written));
    }

    // ---- deleting

    void remove(Job job, String name, List<Argument> arguments) {
        Tool tool = judge.catalogue.tool("rm").orElseThrow();
        Reading reading = Reading.of(tool, arguments);
        judge.unproven(job, name, reading);
        boolean recursive = reading.has("-r", "-R", "--recursive");
        for (Argument word : reading.positionals) {
            judge.file(job, Places.Touch.DELETE, word, recursive);
        }
        if (reading.positionals.isEmpty() && !Judge.isVersionQuestion(job)) {
            judge.fact(job, "deletes nothing that is named");
        }
    }

    private void simpleRemove(Job job, String name) {
        Reading reading = read(job, name);
        for (Argument word : reading.positionals) {
            judge.file(job, Places.Touch.DELETE, word, name.equals("trash"));
        }
    }

    private void shred(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        for (Argument word : reading.positionals) {
            Draft draft = judge.emptied(job, word);
            if (draft != null) {
                draft.tag("destructive").atLeast(RiskTier.HIGH);
            }
        }
    }

    private void truncate(Job job, String name) {
        Reading reading = read(job, name);
        Argument size = reading.value("-s", "--size");
        boolean grows = size != null && String.valueOf(size.value()).startsWith("+");
        for (Argument word : reading.positionals) {
            if (grows) {
                judge.file(job, Places.Touch.WRITE, word, false);
            } else {
                judge.emptied(job, word);
            }
        }
    }

    /** {@code tee FILE < /dev/null} writes nothing. */
    private boolean empties(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        boolean plain = reading.positionals.size() == job.arguments().size();
        if (!plain || reading.positionals.isEmpty() || !Judge.readsNothing(job)) {
            return false;
        }
        reading.positionals.forEach(word -> judge.emptied(job, word));
        return true;
    }

    // ---- moving and copying

    private List<Argument> sources(Reading reading) {
        List<Argument> all = reading.positionals;
        boolean targetGiven = reading.has("-t", "--target-directory");
        return targetGiven || all.size() < 2 ? all : all.subList(0, all.size() - 1);
    }

    private @Nullable Argument target(Reading reading) {
        Argument given = reading.value("-t", "--target-directory");
        if (given != null) {
            return given;
        }
        return reading.positionals.size() < 2 ? null : reading.positionals.getLast();
    }

    /** Whether the target is a folder into which the sources go under their own names. */
    private boolean intoFolder(Job job, Reading reading, Argument target) {
        String value = target.value();
        if (reading.has("-T")) {
            return false;
        }
        if (reading.has("-t", "--target-directory") || sources(reading).size() > 1) {
            return true;
        }
        if (value == null) {
            return false;
        }
        if (value.endsWith("/")
                || value.equals(".")
                || value.equals("..")
                || value.equals("~")
                || value.endsWith("/.")
                || value.endsWith("/..")) {
            return true;
        }
        Paths.Place place = judge.call.paths.place(target, job.directory());
        String written = place.written();
        return written != null && judge.call.facts.kind(written) == Facts.Kind.DIRECTORY;
    }

    /**
     * What is written where the sources go.
     *
     * @param moved for each source where it was, if it only takes another name; empty when they are
     *     copied
     */
    private void writeTarget(
            Job job, Reading reading, boolean recursive, List<@Nullable Draft> moved) {
        Argument target = target(reading);
        if (target == null) {
            if (reading.positionals.size() == 1 && reading.positionals.getFirst().glob()) {
                // The last file that matches is what the others go over or into.
                judge.file(job, Places.Touch.WRITE, reading.positionals.getFirst(), recursive);
            }
            return;
        }
        boolean folder = intoFolder(job, reading, target);
        boolean empties = false;
        Argument suffix =
                Backup.suffix(job, reading, reading.has("-b", "--backup"), "-S", "--suffix");
        List<Argument> sources = sources(reading);
        for (int i = 0; i < sources.size(); i++) {
            Argument source = sources.get(i);
            empties |= "/dev/null".equals(source.value());
            if (reading.has("--parents")) {
                judge.file(job, Places.Touch.WRITE, withParents(target, source), recursive);
            }
            if (folder) {
                Argument made = inFolder(target, source);
                if (i < moved.size()) {
                    judge.moved(job, moved.get(i), made);
                } else {
                    judge.file(job, Places.Touch.WRITE, made, recursive);
                }
                judge.backup(job, made, suffix);
                if (recursive) {
                    standsIn(job, inFolder(target, source));
                }
            }
            Paths.Place from = judge.call.paths.place(source, job.directory());
            if (recursive && judge.call.places.holdsProtected(from)) {
                judge.opaque(
                        job,
                        "`" + Judge.cut(source.written()) + "` brings hook or policy files along");
            }
        }
        if (!folder && recursive) {
            standsIn(job, target);
        }
        if (!folder) {
            judge.backup(job, target, suffix);
            if (empties) {
                judge.emptied(job, target);
            } else if (!moved.isEmpty()) {
                judge.moved(job, moved.getFirst(), target);
            } else {
                judge.file(job, Places.Touch.WRITE, target, recursive);
            }
        }
    }

    /** A folder that takes a name under which a client looks for hooks. */
    private void standsIn(Job job, Argument made) {
        String name =
                made.value() == null ? "" : Paths.name(Paths.withoutEndingSlashes(made.value()));
        switch (FoldedName.of(name)) {
            case ".github", ".agents", ".clinerules", ".windsurf", ".vscode" ->
                    judge.opaque(job, "what takes the name `" + name + "` may hold hook files");
            default -> {}
        }
    }

    /** {@code cp --parents a/b c} writes {@code c/a/b}. */
    private static Argument withParents(Argument folder, Argument source) {
        String path =
                folder.value() == null || source.value() == null
                        ? null
                        : folder.value() + "/" + source.value();
        boolean glob = source.glob() || folder.glob();
        return new Argument(path, folder.written(), glob, folder.source());
    }

    private static Argument inFolder(Argument folder, Argument source) {
        String from = source.value();
        String to = folder.value();
        if (to == null) {
            return folder;
        }
        if (from == null) {
            return new Argument(to + "/*", folder.written(), true, folder.source());
        }
        String clean = from;
        while (clean.length() > 1 && clean.endsWith("/")) {
            clean = clean.substring(0, clean.length() - 1);
        }
        String name = Paths.name(clean);
        if (name.equals(".") || name.equals("..") || name.isEmpty()) {
            return folder;
        }
        boolean glob = source.glob() || folder.glob();
        return new Argument(to + "/" + name, folder.written(), glob, folder.source());
    }

    private void move(Job job, String name) {
        Reading reading = read(job, name);
        Argument target = target(reading);
        boolean allInside = target != null && inside(job, target);
        for (Argument source : sources(reading)) {
            allInside &= inside(job, source);
        }
        if (target != null && "/dev/null".equals(target.value())) {
            sources(reading).forEach(s -> judge.file(job, Places.Touch.DELETE, s, true));
            return;
        }
        boolean definition = false;
        List<@Nullable Draft> moved = new ArrayList<>();
        for (Argument source : sources(reading)) {
            int before = judge.call.drafts.size();
            Draft draft = judge.file(job, Places.Touch.DELETE, source, true);
            if (allInside) {
                // What is here by another name moves along.
                List<Draft> led = judge.call.drafts.subList(before, judge.call.drafts.size());
                led.removeIf(each -> !each.equals(draft) && each.mayMove());
            }
            definition |= draft != null && draft.summary.endsWith(Places.DEFINITION);
            moved.add(leaves(job, source, allInside ? draft : null));
        }
        writeTarget(job, reading, true, moved);
        if (definition && allInside && !judge.call.drafts.isEmpty()) {
            Draft written = judge.call.drafts.getLast();
            written.atLeast(RiskTier.MEDIUM);
            written.summary = written.summary + ", which takes a build definition away";
        }
        if (target == null) {
            return;
        }
        boolean folder = intoFolder(job, reading, target);
        for (Argument source : sources(reading)) {
            Paths.Place from = judge.call.paths.place(source, job.directory());
            Paths.Place to =
                    judge.call.paths.place(
                            folder ? inFolder(target, source) : target, job.directory());
            if (judge.call.brought(from)) {
                judge.call.brings(to, source.glob());
            }
            leads(job, to, from, true);
            judge.copies().copied(job, source, target, false);
        }
    }

    /** What takes a source from its place, when to move it is no more than a write. */
    private @Nullable Draft leaves(Job job, Argument source, @Nullable Draft draft) {
        if (draft == null || !draft.mayMove()) {
            return null;
        }
        judge.call.drafts.remove(draft);
        if (draft.tags.contains("secret")) {
            // Under another name nobody would know it for one.
            judge.file(job, Places.Touch.READ, source, true);
        }
        return draft;
    }

    private boolean inside(Job job, Argument word) {
        return judge.call.paths.place(word, job.directory()).inside();
    }

    private void copy(Job job, String name) {
        Reading reading = read(job, name);
        boolean recursive = reading.has("-r", "-R", "-a") || hasLetter(job, "rRa");
        boolean links =
                name.equals("cp")
                        && (hasLetter(job, "sl")
                                || reading.has("--symbolic-link", "--link", "-s", "-l"));
        for (Argument program : reading.values("--strip-program")) {
            judge.script(job, program);
            judge.shell(job, RiskTier.MEDIUM, "`install` runs another program");
        }
        if (name.equals("install") && reading.has("-d", "--directory")) {
            reading.positionals.forEach(w -> judge.file(job, Places.Touch.WRITE, w, false));
            return;
        }
        for (Argument source : sources(reading)) {
            if (!"/dev/null".equals(source.value())) {
                Draft read = judge.file(job, Places.Touch.READ, source, recursive);
                if (links) {
                    judge.guard(read, job, source);
                }
            }
        }
        writeTarget(job, reading, recursive, List.of());
        Argument target = target(reading);
        if (target != null) {
            boolean follows = reading.has("-L", "--dereference");
            for (Argument source : sources(reading)) {
                judge.copies().copied(job, source, target, recursive && !follows);
            }
        }
        setsId(job, reading.value("-m", "--mode"));
    }

    private void setsId(Job job, @Nullable Argument mode) {
        if (mode != null && setsId(mode.value())) {
            judge.shell(job, RiskTier.CRITICAL, "makes a program run with other rights")
                    .tag("escape");
        }
    }

    /** Forms of a film that name, or write, further files. */
    private void film(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        judge.generic(job, name, reading);
        for (Argument form : reading.values("-f")) {
            String value = form.value();
            if (value == null || value.equals("tee") || value.equals("concat")) {
                judge.opaque(job, "the form `" + Judge.cut(form.written()) + "` names more files");
            }
        }
        boolean graph = reading.values("-f").stream().anyMatch(w -> "lavfi".equals(w.value()));
        List<Argument> graphs = new ArrayList<>(graph ? reading.values("-i") : List.of());
        graphs.addAll(graph && name.equals("ffprobe") ? reading.positionals : List.of());
        for (Argument input : graphs) {
            if (!FilterGraph.plain(input.value()) && !isFile(job, input)) {
                judge.opaque(job, "filters of `" + name + "` may open files");
            }
        }
    }

    private boolean isFile(Job job, Argument word) {
        String written = judge.call.paths.place(word, job.directory()).written();
        return written != null && judge.call.facts.kind(written) == Facts.Kind.FILE;
    }

    /** The program some clients put into the path of a shell, with a patch in their own form. */
    private void clientPatch(Job job) {
        boolean given = job.arguments().size() == 1;
        String text =
                given
                        ? job.argument(0)
                        : job.input() instanceof Invocation.Input.Text input ? input.value() : null;
        if (text == null || job.arguments().size() > 1) {
            judge.opaque(job, "what the patch changes cannot be read");
            return;
        }
        PatchText patch = PatchText.read(text);
        for (PatchText.Change change : patch.changes()) {
            Argument file = Argument.of(change.path());
            if (change.from() != null) {
                Argument before = Argument.of(change.from());
                Draft left = judge.file(job, Places.Touch.DELETE, before, false);
                boolean stays = inside(job, before) && inside(job, file);
                judge.moved(job, leaves(job, before, stays ? left : null), file);
            } else {
                boolean deletes = change.deletes();
                judge.file(job, deletes ? Places.Touch.DELETE : Places.Touch.WRITE, file, false);
            }
        }
        if (patch.broken() != null) {
            judge.opaque(job, "the patch cannot be read for certain: " + patch.broken());
        }
    }

    /** The mode in what {@code rsync --chmod} is given: {@code D755,Fu+s}. */
    static boolean anySetsId(@Nullable String modes) {
        if (modes == null) {
            return true;
        }
        for (String mode : modes.split(",", -1)) {
            if (setsId(mode.replaceFirst("^[DF]", ""))) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasLetter(Job job, String letters) {
        for (String word : job.constants()) {
            if (word.length() > 1 && word.charAt(0) == '-' && word.charAt(1) != '-') {
                for (int i = 1; i < word.length(); i++) {
                    if (letters.indexOf(word.charAt(i)) >= 0) {
                        return true;
                    }
                }
            }
        }
        return job.constants().contains("--recursive") || job.constants().contains("--archive");
    }

    private void link(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        boolean symbolic = hasLetter(job, "s") || job.constants().contains("--symbolic");
        List<Argument> sources = sources(reading);
        Argument target = target(reading);
        if (target == null) {
            target = Argument.of(".");
        }
        boolean folder = intoFolder(job, reading, target);
        Argument suffix =
                Backup.suffix(job, reading, reading.has("-b", "--backup"), "-S", "--suffix");
        for (Argument source : sources) {
            Argument made = folder ? inFolder(target, source) : target;
            Draft another = judge.file(job, Places.Touch.WRITE, made, false);
            judge.guard(another, job, made);
            if (another != null && !symbolic) {
                another.perhaps(judge.besides().reads(job, source));
            }
            judge.backup(job, made, suffix);
            standsIn(job, made);
            Paths.Place link = judge.call.paths.place(made, job.directory());
            String written = link.written();
            String parent =
                    written == null
                            ? null
                            : written.substring(0, Math.max(1, written.lastIndexOf('/')));
            String pointed = source.value();
            boolean relative = symbolic && pointed != null && !pointed.startsWith("/");
            Job at = job.in(relative ? parent : job.directory());
            if (judge.call.brought(judge.call.paths.place(source, at.directory()))) {
                judge.call.brings(link, false);
            }
            boolean folderThere = isFolder(at, source);
            Draft pointedAt = judge.file(at, Places.Touch.WRITE, source, folderThere);
            judge.guard(pointedAt, at, source);
            Paths.Place pointedTo = judge.call.paths.place(source, at.directory());
            leads(job, link, pointedTo, false);
            if (written != null && pointedTo.written() != null && pointedTo.pattern() == null) {
                judge.call.facts.copies(pointedTo.written(), written);
            }
            if (pointedAt != null && pointedAt.tags.contains("secret")) {
                // Under another name nobody would know it for one.
                judge.file(at, Places.Touch.READ, source, false);
            }
        }
        if (sources.isEmpty()) {
            judge.opaque(job, "`" + name + "` names nothing to link to");
        }
    }

    /** Later commands of the call may reach a place by its new name. */
    private void leads(Job job, Paths.Place from, Paths.Place to, boolean moved) {
        if (!judge.call.paths.leads(from, to, moved)) {
            judge.opaque(job, "more files change their names than are followed");
        }
    }

    /** What a pattern with an ending matches is taken for files. */
    private boolean mayBeFolder(Job job, Argument word) {
        String value = word.value();
        if (word.glob() && value != null && ENDING.matcher(value).find()) {
            return false;
        }
        String written = judge.call.paths.place(word, job.directory()).written();
        Facts.Kind kind = written == null ? Facts.Kind.UNKNOWN : judge.call.facts.kind(written);
        return kind == Facts.Kind.DIRECTORY || kind == Facts.Kind.UNKNOWN;
    }

    private static final Pattern ENDING = Pattern.compile("\\*\\.[A-Za-z0-9]{1,6}$");

    private boolean isFolder(Job job, Argument word) {
        String written = judge.call.paths.place(word, job.directory()).written();
        return written != null && judge.call.facts.kind(written) == Facts.Kind.DIRECTORY;
    }

    private Tool tool(String name) {
        return judge.catalogue.tool(name).orElseThrow();
    }

    /** The words of {@code ffmpeg} without the protocols in front of their paths. */
    private Job media(Job job) {
        List<Argument> words = new ArrayList<>();
        for (Argument word : job.words()) {
            List<String> paths = MediaAddress.paths(word.value());
            String first = paths.isEmpty() ? word.value() : paths.getFirst();
            words.add(new Argument(first, word.written(), word.glob(), word.source()));
            for (int i = 1; i < paths.size(); i++) {
                Argument more = new Argument(paths.get(i), word.written(), false, word.source());
                judge.file(job, Places.Touch.READ, more, false);
            }
        }
        return job.as(words, job.line(), job.context());
    }

    /** {@code comby -i FROM TO [FILES]}: without a name, all files that an option picks. */
    private void rewrite(Job job, String name) {
        Reading reading = Reading.of(tool(name), job.arguments());
        judge.generic(job, name, reading);
        List<Argument> files = reading.positionals.stream().skip(2).toList();
        boolean endings =
                files.stream()
                        .anyMatch(word -> String.valueOf(word.value()).matches("\\.[^/]*|[^/.]*"));
        if ((files.isEmpty() || endings) && !reading.has("-stdin")) {
            judge.here(job, Places.Touch.WRITE, "`comby` rewrites files");
            judge.call.drafts.getLast().atLeast(RiskTier.MEDIUM);
        }
        for (Argument word : reading.values("-f", "-filter", "-extensions")) {
            judge.editsGuarded(job, word);
        }
    }

    /** {@code xattr}: what it takes from a folder opens or closes what lies there. */
    private void attributes(Job job, String name) {
        int before = judge.call.drafts.size();
        Reading reading = Reading.of(tool(name), job.arguments());
        if (!reading.deeds().contains(Deed.WRITE)) {
            judge.unproven(job, name, reading);
            reading.positionals.forEach(word -> judge.file(job, Places.Touch.READ, word, false));
            return;
        }
        judge.generic(job, name, reading);
        for (Draft draft :
                List.copyOf(judge.call.drafts.subList(before, judge.call.drafts.size()))) {
            for (Argument word : reading.positionals) {
                String place = judge.call.paths.place(word, job.directory()).written();
                boolean same =
                        draft.action == Action.FILE_WRITE
                                && draft.resource instanceof Resource.Path path
                                && path.written() != null
                                && path.written().equals(place);
                if (same) {
                    judge.guard(draft, job, word);
                }
            }
        }
    }

    private void dd(Job job) {
        boolean writes = false;
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null) {
                judge.opaque(job, "`" + Judge.cut(word.written()) + "` may name what `dd` writes");
            } else if (value.startsWith("if=")) {
                judge.file(job, Places.Touch.READ, cut(word, 3), false);
            } else if (value.startsWith("of=")) {
                writes = true;
                boolean nothing =
                        (job.constants().contains("if=/dev/null")
                                        || (Judge.readsNothing(job)
                                                && job.constants().stream()
                                                        .noneMatch(w -> w.startsWith("if="))))
                                && job.constants().stream().noneMatch(w -> w.contains("notrunc"));
                Draft draft =
                        nothing
                                ? judge.emptied(job, cut(word, 3))
                                : judge.file(job, Places.Touch.WRITE, cut(word, 3), false);
                if (draft != null && value.startsWith("of=/dev/")) {
                    draft.tag("destructive").atLeast(RiskTier.CRITICAL);
                    draft.summary = "writes straight to the device `" + value.substring(3) + "`";
                }
            }
        }
        if (!writes) {
            judge.fact(job, "copies data to its output");
        }
    }

    private static Argument cut(Argument word, int from) {
        String value = word.value();
        return new Argument(
                value == null ? null : value.substring(from),
                word.written(),
                word.glob(),
                word.source());
    }

    // ---- modes and owners

    private static boolean setsId(@Nullable String mode) {
        if (mode == null) {
            return true;
        }
        if (mode.matches("[=+]?0*[4-7][0-7]{3}")) {
            return true;
        }
        for (String clause : mode.split(",", -1)) {
            if (SETS_ID.matcher(clause).matches()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a mode has programs run as their group; to a folder it means less. */
    private static boolean setsGroup(@Nullable String mode) {
        return mode != null && mode.matches("[=+]?0*[23][0-7]{3}");
    }

    /** One clause of a mode; for others alone the bit means nothing. */
    private static final Pattern SETS_ID =
            Pattern.compile("(?!o+[-+=])[ugoa]*+(?:[-+=][rwxXstugo]*)*[+=][rwxXt]*s.*");

    private static final Pattern OCTAL = Pattern.compile("0*([0-7])?[0-7]{2}");
    private static final Pattern TAKES_AWAY =
            Pattern.compile(
                    "[ugoa]*[ua][ugoa]*-[wstX]*[rx].*|-[wstX]*[rx].*|[ugoa]*[ua][ugoa]*=[wst]*");
    private static final Pattern GIVES_BACK = Pattern.compile("[ugoa]*[+=].*[rxX].*");

    /** Whether a mode takes a folder away from who owns it, and with it all that is in there. */
    private static boolean locksOut(@Nullable String mode) {
        if (mode == null) {
            return false;
        }
        Matcher octal = OCTAL.matcher(mode);
        if (octal.matches()) {
            int owner = octal.group(1) == null ? 0 : octal.group(1).charAt(0) - '0';
            return (owner & 5) != 5;
        }
        boolean locks = false;
        for (String clause : mode.split(",", -1)) {
            locks |= TAKES_AWAY.matcher(clause).matches();
            locks &= !GIVES_BACK.matcher(clause).matches();
        }
        return locks;
    }

    /** The rights of another file, which may be those of a program that runs as its owner. */
    private void byReference(Job job, Argument file) {
        Paths.Place place = judge.call.paths.place(file, job.directory());
        if (place.written() == null || place.outside()) {
            judge.shell(job, RiskTier.CRITICAL, "gives the rights of a file outside to another")
                    .tag("escape");
        } else {
            judge.opaque(job, "gives rights that another file has");
        }
    }

    /** Whether a mode lets everybody write. */
    private static boolean opens(@Nullable String mode) {
        return mode == null
                || mode.matches("[0-7]{0,3}[2367]")
                || mode.matches("(.*,)?([ugo]*[oa][ugoa]*)?[+=][rxX]*w.*");
    }

    private void mode(Job job, String name) {
        List<Argument> words = new ArrayList<>(job.arguments());
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), words);
        boolean recursive = reading.has("-R", "--recursive") || hasLetter(job, "R");
        List<Argument> rest = new ArrayList<>();
        boolean modeByOption = false;
        for (Argument word : words) {
            String value = word.value();
            if (value != null && value.matches("-[rwxXst]+")) {
                modeByOption = true;
                continue;
            }
            if (value == null || !value.startsWith("-")) {
                rest.add(word);
            }
        }
        boolean byReference = reading.has("--reference");
        if (name.equals("setfacl")) {
            // The access is told by options, so that all words are files.
            rest = new ArrayList<>(reading.positionals);
            if (reading.has("--restore", "--modify-file", "--remove-file", "--set-file")) {
                judge.opaque(job, "sets the access that a file tells");
            }
            modeByOption = true;
        }
        Argument first = rest.isEmpty() || byReference || modeByOption ? null : rest.removeFirst();
        if (name.equals("chmod") && first != null && setsId(first.value())) {
            judge.shell(job, RiskTier.CRITICAL, "makes a program run with other rights")
                    .tag("escape");
        }
        if (name.equals("chmod") && first != null && setsGroup(first.value())) {
            boolean folders = !recursive && rest.stream().allMatch(word -> isFolder(job, word));
            Draft draft = judge.shell(job, RiskTier.MEDIUM, "has files belong to a group");
            if (!folders) {
                draft.atLeast(RiskTier.CRITICAL).tag("escape");
                draft.summary = "makes a program run with other rights";
            }
        }
        Argument reference = reading.value("--reference");
        if (name.equals("chmod") && reference != null) {
            byReference(job, reference);
        }
        boolean opens = name.equals("chmod") && first != null && opens(first.value());
        String taken = first == null ? null : first.value();
        for (String option : modeByOption ? job.constants() : List.<String>of()) {
            taken = option.matches("-[rwxXst]+") ? option : taken;
        }
        boolean locks = name.equals("chmod") && locksOut(taken);
        for (Argument word : rest) {
            Draft draft = judge.file(job, Places.Touch.WRITE, word, recursive);
            if (draft == null) {
                continue;
            }
            judge.guard(draft, job, word);
            if (opens
                    || !name.equals("chmod")
                    || (locks && (recursive || mayBeFolder(job, word)))) {
                draft.atLeast(RiskTier.MEDIUM);
            }
            if (recursive && isWide(draft)) {
                draft.atLeast(RiskTier.CRITICAL);
            }
        }
    }

    private boolean isWide(Draft draft) {
        return draft.resource instanceof Resource.Path path
                && path.outside()
                && path.written() != null
                && Paths.below(judge.call.paths.workspace(), path.written());
    }

    // ---- archives and patches

    /** The letters of tar's old style that take the next word not yet taken. */
    private static final String TAR_VALUED = "bCfFgHIKLNTVX";

    /**
     * The words of tar with dashes: a first word without one is a bundle of letters, whose values
     * follow it in their order.
     */
    private static List<Argument> unbundled(List<Argument> words) {
        Argument first = words.isEmpty() ? Argument.of("-") : words.getFirst();
        String letters = first.value();
        if (letters == null || !letters.matches("[A-Za-z]+")) {
            return words;
        }
        List<Argument> all = new ArrayList<>();
        int next = 1;
        for (int i = 0; i < letters.length(); i++) {
            char letter = letters.charAt(i);
            all.add(new Argument("-" + letter, first.written(), false, first.source()));
            if (TAR_VALUED.indexOf(letter) >= 0 && next < words.size()) {
                all.add(words.get(next++));
            }
        }
        all.addAll(words.subList(next, words.size()));
        return all;
    }

    /** Options that change nothing about where files go. */
    private static final Pattern PLAIN_TAR =
            Pattern.compile(
                    "-[xzjJavfCpkm]+|--(extract|get|gzip|bzip2|xz|zstd|verbose|no-same-owner"
                            + "|directory|file|strip-components)(=.*)?");

    /**
     * Whether all that is unpacked lands in a folder that a build makes again: names that climb out
     * are refused unless an option says otherwise. What is there is the build's own matter.
     */
    private boolean unpacksIntoOutput(Job there, Reading reading) {
        Paths.Place place = judge.call.paths.place(".", false, there.directory());
        boolean moved = there.directory() != null && !place.outside();
        boolean plain =
                reading.unknown.isEmpty()
                        && there.arguments().stream()
                                .map(word -> String.valueOf(word.value()))
                                .allMatch(word ->
                                        !word.startsWith("-") || PLAIN_TAR.matcher(word).matches());
        return moved
                && plain
                && reading.has("-C", "--directory")
                && judge.call.places.judge(Places.Touch.DELETE, place, true).cell()
                        == Action.FILE_WRITE;
    }

    private void tar(Job job, String name) {
        List<Argument> words = unbundled(job.arguments());
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), words);
        unlistedBeyond(
                job,
                name,
                reading,
                "-v",
                "-z",
                "-j",
                "-J",
                "-p",
                "-k",
                "-m",
                "-a",
                "-h",
                "-O",
                "-S",
                "--verbose",
                "--gzip",
                "--bzip2",
                "--xz",
                "--zstd",
                "--auto-compress",
                "--no-same-owner",
                "--same-permissions",
                "--preserve-permissions",
                "--to-stdout",
                "--wildcards",
                "--exclude-vcs",
                "--no-recursion",
                "--totals",
                "--keep-old-files");
        for (Reading.Bound bound : reading.bound) {
            String value = bound.word().value();
            boolean archive = bound.role().equals("write-or-read");
            if (bound.role().equals("write") && bound.option() != null) {
                judge.output(job, bound.word());
            } else if (archive && value != null && value.matches("[^/:]+:.*")) {
                judge.net()
                        .connection(
                                job,
                                judge.call.network.target(value.substring(0, value.indexOf(':'))),
                                false);
            }
        }
        String directory = judge.effectiveDirectory(job, reading);
        boolean creates = reading.has("-c", "--create", "-r", "--append", "-u", "--update", "-A");
        boolean extracts = reading.has("-x", "--extract", "--get");
        boolean deletes = reading.has("--delete");
        Argument archive = reading.value("-f", "--file");
        if (archive != null && !"-".equals(archive.value())) {
            judge.file(
                    job,
                    creates || deletes ? Places.Touch.WRITE : Places.Touch.READ,
                    archive,
                    false);
        }
        Job there = job.in(directory);
        for (Argument list : reading.values("-T", "--files-from", "-X", "--exclude-from")) {
            judge.file(there, Places.Touch.READ, list, false);
        }
        boolean byList = reading.has("-T", "--files-from");
        if (creates && byList) {
            judge.opaque(job, "packs the files a list names");
        }
        if (creates) {
            for (Argument word : reading.positionals) {
                judge.file(there, Places.Touch.READ, word, true);
                if (reading.has("--remove-files")) {
                    judge.file(there, Places.Touch.DELETE, word, true);
                }
            }
        } else if (extracts && !reading.has("-O", "--to-stdout")) {
            judge.file(there, Places.Touch.WRITE, Argument.of("."), true);
            if (!unpacksIntoOutput(there, reading)) {
                judge.opaque(job, "unpacks files whose names are not known");
            }
            reading.positionals.forEach(word -> judge.editsGuarded(there, word));
            if (reading.has("-P", "--absolute-names")) {
                judge.shell(job, RiskTier.HIGH, "unpacks files wherever the archive says")
                        .tag("escape");
            }
        }
        for (Argument script :
                reading.values(
                        "-I",
                        "--use-compress-program",
                        "--to-command",
                        "--rsh-command",
                        "--rmt-command",
                        "-F",
                        "--info-script",
                        "--new-volume-script")) {
            judge.script(job, script);
            judge.shell(job, RiskTier.MEDIUM, "`tar` runs another program");
        }
        Argument action = reading.value("--checkpoint-action");
        if (action != null) {
            String value = action.value();
            if (value != null && value.startsWith("exec=")) {
                judge.nested(value.substring(5), job);
            }
            judge.opaque(job, "`tar` runs another program at checkpoints");
        }
    }

    private void unlistedBeyond(Job job, String name, Reading reading, String... fine) {
        if (!reading.unknown.isEmpty()) {
            judge.unproven(job, name, reading);
            return;
        }
        List<String> good = List.of(fine);
        for (String problem : reading.unlisted) {
            int end = problem.indexOf('`', 1);
            String option = problem.substring(1, end);
            if (!good.contains(option) && !allFine(option, good, reading)) {
                judge.shell(job, RiskTier.MEDIUM, "runs `" + name + "`: " + problem);
                return;
            }
        }
    }

    private static boolean allFine(String cluster, List<String> good, Reading reading) {
        if (cluster.startsWith("--") || cluster.length() < 2) {
            return false;
        }
        for (int i = 1; i < cluster.length(); i++) {
            String one = "-" + cluster.charAt(i);
            if (!good.contains(one) && !reading.tool.options().containsKey(one)) {
                return false;
            }
        }
        return true;
    }

    private void unzip(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        unlistedBeyond(job, name, reading, "-q", "-qq", "-n", "-j", "-u", "-f", "-a", "-L");
        if (!reading.positionals.isEmpty()) {
            judge.file(job, Places.Touch.READ, reading.positionals.getFirst(), false);
        }
        if (reading.deeds().contains(Deed.WRITE)) {
            Argument into = reading.value("-d");
            judge.file(job, Places.Touch.WRITE, into == null ? Argument.of(".") : into, true);
            judge.opaque(job, "unpacks files whose names are not known");
            Job there = into == null ? job : job.in(judge.moved(job.directory(), into));
            reading.positionals.stream().skip(1).forEach(word -> judge.editsGuarded(there, word));
        }
    }

    /** Other archivers: what they unpack has the names the archive says. */
    private void unpack(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        judge.generic(job, name, reading);
        if (reading.deeds().contains(Deed.WRITE) || reading.deeds().contains(Deed.DELETE)) {
            Draft draft = judge.opaque(job, "packs or unpacks files whose names are not known");
            boolean packs = reading.path.stream().anyMatch(List.of("a", "u", "d", "rn")::contains);
            if (packs) {
                reading.positionals.stream()
                        .skip(1)
                        .forEach(word -> draft.perhaps(judge.besides().readsBelow(job, word)));
            }
            reading.positionals.stream()
                    .skip(packs ? 0 : 1)
                    .limit(packs ? 1 : Long.MAX_VALUE)
                    .forEach(word -> judge.editsGuarded(job, word));
        }
    }

    /** Archivers whose first word is a bundle of letters; {@code x} takes files out. */
    private void members(Job job, String name) {
        judge.generic(
                job, name, Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments()));
        String mode = job.arguments().isEmpty() ? "" : job.arguments().getFirst().value();
        if (name.equals("ar") && mode != null && !mode.startsWith("--") && mode.contains("M")) {
            judge.opaque(job, "`ar` runs a script that it reads");
        }
        boolean extracts =
                mode == null
                        || (!mode.startsWith("--") && mode.indexOf('x') >= 0)
                        || job.constants().contains("--extract");
        if (extracts) {
            judge.opaque(job, "unpacks files whose names are not known");
        }
    }

    /** {@code dpkg -x PACKAGE FOLDER}; other orders are judged elsewhere. */
    private boolean takesApart(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        List<Argument> words = reading.positionals;
        if (!reading.has("-x", "--extract", "-X", "--vextract", "-e", "--control")) {
            return false;
        }
        judge.unproven(job, name, reading);
        judge.deeds(job, name, reading);
        if (!words.isEmpty()) {
            judge.file(job, Places.Touch.READ, words.getFirst(), false);
        }
        Argument into = words.size() > 1 ? words.get(1) : Argument.of("DEBIAN");
        judge.file(
                job, Places.Touch.WRITE, "".equals(into.value()) ? Argument.of("/") : into, true);
        judge.opaque(job, "unpacks files whose names are not known");
        return true;
    }

    /** {@code adb pull SOURCE… [TARGET]}: into a folder files come with the names they have. */
    private boolean pulls(Job job, String name) {
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        List<Argument> words = reading.positionals;
        if (!reading.path.equals(List.of("pull")) || words.isEmpty()) {
            return false;
        }
        judge.unproven(job, name, reading);
        Argument to = words.size() > 1 ? words.getLast() : Argument.of(".");
        String target = to.value();
        List<Argument> from = words.subList(0, Math.max(1, words.size() - 1));
        for (Argument file : from) {
            String source = file.value();
            boolean folder = target != null && mayBeFolder(job, to);
            if (source == null || !isFolder(job, to)) {
                judge.output(job, to);
            }
            if (source == null || !folder) {
                continue;
            }
            String base = source.substring(source.lastIndexOf('/') + 1);
            judge.output(job, new Argument(target + "/" + base, to.written(), false, to.source()));
        }
        return true;
    }

    private void patch(Job job, String name) {
        int began = judge.call.drafts.size();
        Reading reading = Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments());
        judge.unproven(job, name, reading);
        String directory = job.directory();
        Argument to = reading.value("-d", "--directory");
        if (to != null) {
            directory = judge.moved(directory, to);
        }
        Argument input = reading.value("-i", "--input");
        if (input != null) {
            judge.file(job, Places.Touch.READ, input, false);
        }
        Job there = job.in(directory);
        if (reading.has("--dry-run")) {
            judge.fact(job, "tries a patch without changing anything");
            return;
        }
        Argument suffix = Backup.suffix(job, reading, true, "-z", "--suffix");
        if (!reading.positionals.isEmpty()) {
            judge.file(there, Places.Touch.WRITE, reading.positionals.getFirst(), false);
            judge.backup(there, reading.positionals.getFirst(), suffix);
        }
        reading.values("-o", "--output", "-r", "--reject-file")
                .forEach(word -> judge.output(there, word));
        Draft draft = judge.file(there, Places.Touch.WRITE, Argument.of("."), true);
        if (draft != null) {
            draft.atLeast(RiskTier.MEDIUM);
            draft.summary = "changes the files a patch names";
        }
        String text = patchText(job, reading, input);
        boolean names = !reading.positionals.isEmpty();
        if (text == null || (!names && PatchText.names(text, 0).isEmpty())) {
            judge.opaque(job, "what the patch changes cannot be read");
            return;
        }
        for (String path : PatchText.paths(text)) {
            judge.file(there, Places.Touch.WRITE, Argument.of(path), false);
            judge.backup(there, Argument.of(path), suffix);
        }
        int named = judge.call.drafts.size();
        cutNames(there, reading, text, suffix);
        judge.dropCovered(began, named);
    }

    /**
     * The names of which {@code patch} takes one, as {@code -pN} cuts them: what is worse counts.
     */
    private void cutNames(Job job, Reading reading, String text, @Nullable Argument suffix) {
        Argument given = reading.value("-p", "--strip");
        String number = given == null ? "-1" : String.valueOf(given.value());
        if (!number.matches("-1|[0-9]{1,3}")) {
            judge.opaque(job, "how the names in the patch are cut is not known");
            return;
        }
        for (String path : PatchText.names(text, Integer.parseInt(number))) {
            judge.beside(job, Argument.of(path));
            judge.backup(job, Argument.of(path), suffix);
        }
    }

    /** The text of a patch in a here-document or in a file that can be read, or null. */
    private @Nullable String patchText(Job job, Reading reading, @Nullable Argument input) {
        Argument file = reading.positionals.size() > 1 ? reading.positionals.get(1) : input;
        if ((file == null || "-".equals(file.value()))
                && job.input() instanceof Invocation.Input.Text text) {
            return text.value();
        }
        for (Invocation.Redirection redirection : job.invocation().redirections()) {
            if (file == null && redirection.direction() == Invocation.Direction.READ) {
                file = redirection.target();
            }
        }
        String path =
                file == null ? null : judge.call.paths.place(file, job.directory()).resolved();
        return path == null ? null : judge.call.facts.text(path).orElse(null);
    }

    // ---- reading

    private void search(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        judge.unproven(job, name, reading);
        judge.deeds(job, name, reading);
        boolean ripgrep = !judge.catalogue.canonical(name).equals("grep");
        boolean recursive =
                ripgrep
                        || hasLetter(job, "rR")
                        || reading.has("-r", "-R")
                        || reading.has("--recursive", "--dereference-recursive")
                        || reading.has("-d", "--directories");
        boolean byOption = reading.has("-e", "--regexp", "-f", "--file");
        for (Argument file : reading.values("-f", "--file", "--exclude-from", "--ignore-file")) {
            judge.file(job, Places.Touch.READ, file, false);
        }
        for (Argument program : reading.values("--pre", "--hostname-bin", "--pager")) {
            judge.script(job, program);
        }
        List<Argument> files = new ArrayList<>(reading.positionals);
        boolean onlyLists = ripgrep && job.constants().contains("--files");
        if (!byOption && !onlyLists && !files.isEmpty()) {
            files.removeFirst();
        }
        boolean hidden =
                !ripgrep
                        || job.constants().contains("--hidden")
                        || job.constants().contains("-.")
                        || hasLetter(job, "u")
                        || job.constants().contains("--no-ignore");
        boolean piped =
                !(job.input() instanceof dev.countersign.analysis.shell.Invocation.Input.Inherited);
        if (files.isEmpty() && recursive && !(ripgrep && piped)) {
            files.add(Argument.of("."));
        }
        if (files.isEmpty()) {
            judge.fact(job, "searches its input");
            return;
        }
        List<Argument> globs =
                ripgrep && !onlyLists
                        ? reading.values("-g", "--glob", "--iglob")
                        : List.<Argument>of();
        Set<String> included = included(globs);
        for (Argument file : files) {
            Draft draft = judge.file(job, Places.Touch.READ, file, recursive);
            if (draft != null && recursive && !onlyLists && !draft.tags.contains("secret")) {
                Paths.Place place = judge.call.paths.place(file, job.directory());
                boolean holds =
                        (ripgrep || (place.pattern() == null && !chooses(reading)))
                                ? judge.call.places.holdsSecret(place, hidden)
                                : judge.call.places.holdsSecret(place, opened(reading));
                if (holds || includes(place, included)) {
                    draft.tag("secret").atLeast(RiskTier.HIGH);
                    draft.summary = draft.summary + ", with secrets below it";
                }
            }
        }
    }

    private static boolean chooses(Reading reading) {
        return !reading.values("--include", "--exclude").isEmpty();
    }

    /** Which files {@code grep -r} opens, by their names. */
    private static Predicate<String> opened(Reading reading) {
        List<String> only = globs(reading, "--include");
        List<String> but = globs(reading, "--exclude");
        boolean known = !only.contains("") && reading.values("--exclude-from").isEmpty();
        return name ->
                (!known
                                || only.isEmpty()
                                || only.stream().anyMatch(one -> Patterns.glob(one, name)))
                        && but.stream()
                                .noneMatch(one -> !one.isEmpty() && Patterns.glob(one, name));
    }

    /** The values of an option, empty where one is not known or is more than a glob of a name. */
    private static List<String> globs(Reading reading, String option) {
        List<String> globs = new ArrayList<>();
        for (Argument word : reading.values(option)) {
            String value = word.value();
            globs.add(
                    value == null || value.indexOf('\\') >= 0 || value.indexOf('/') >= 0
                            ? ""
                            : value);
        }
        return globs;
    }

    /** The globs that name what to search, without braces, each once. */
    private static Set<String> included(List<Argument> globs) {
        Set<String> included = new LinkedHashSet<>();
        Set<String> seen = new HashSet<>();
        for (Argument glob : globs) {
            String text = glob.value() == null ? "*" : glob.value();
            if (!text.startsWith("!") && seen.add(text)) {
                included.addAll(Alternatives.of(text));
            }
        }
        return included;
    }

    private static final int STEPS_A_GLOB = 16;

    /** Whether one of them, hidden and ignored files too, meets a secret. */
    private boolean includes(Paths.Place folder, Set<String> globs) {
        judge.call.works(STEPS_A_GLOB * globs.size());
        for (String glob : globs) {
            if (judge.call.places.globHoldsSecret(folder, glob)) {
                return true;
            }
        }
        return false;
    }

    private void list(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        judge.unproven(job, name, reading);
        judge.deeds(job, name, reading);
        for (Argument names : reading.values("--files0-from", "--fromfile")) {
            judge.role(job, "list", names);
        }
        for (Argument output : reading.values("-o")) {
            if (name.equals("tree")) {
                judge.file(job, Places.Touch.WRITE, output, false);
            }
        }
        for (Argument patterns : reading.values("-X", "--exclude-from")) {
            judge.file(job, Places.Touch.READ, patterns, false);
        }
        if (reading.positionals.isEmpty()) {
            judge.file(job, Places.Touch.READ, Argument.of("."), false);
        }
        boolean looks = name.equals("ls") || name.equals("stat") || sizes(job, name);
        for (Argument word : reading.positionals) {
            judge.file(job, looks ? Places.Touch.LOOK : Places.Touch.READ, word, false);
        }
    }

    /** Options of {@code du} that open no file. */
    private static final Pattern SIZES =
            Pattern.compile(
                    "-[0aAbcDhHkLlmPsSx]+|-d[0-9]*|--(?:summarize|human-readable|si|all|total|bytes"
                            + "|apparent-size|one-file-system|max-depth(?:=[0-9]+)?|null"
                            + "|count-links|separate-dirs|block-size=[0-9A-Za-z]+)");

    /** Whether this is {@code du} with nothing but such options. */
    private static boolean sizes(Job job, String name) {
        return name.equals("du")
                && job.constants().stream()
                        .allMatch(word -> !word.startsWith("-") || SIZES.matcher(word).matches());
    }

    private void directory(Job job) {
        judge.fact(job, "changes the working directory");
    }

    private void temporary(Job job, String name) {
        Reading reading = read(job, name);
        if (reading.has("-u", "--dry-run")) {
            judge.fact(job, "makes up a name");
            return;
        }
        Argument folder = reading.value("-p", "--tmpdir");
        String start = folder == null ? "/tmp" : folder.value();
        List<Argument> words = reading.positionals;
        boolean elsewhere = folder != null || words.isEmpty() || reading.has("-t");
        String template = words.isEmpty() ? "tmp.XXXXXXXXXX" : words.getFirst().value();
        String path =
                start == null || template == null
                        ? null
                        : elsewhere ? start + "/" + template : template;
        judge.file(
                job,
                Places.Touch.WRITE,
                new Argument(path, "a temporary file", false, job.source()),
                false);
    }

    /** The name may stand behind blanks and comments. */
    private static final Pattern ENVIRONMENT_OF_JQ = Pattern.compile("\\$(\\s|#[^\\n]*\\n)*ENV\\b");

    /** A module of jq: {@code import "x" as $y {search: "../"};}. */
    private static final Pattern MODULE_OF_JQ =
            Pattern.compile("\\b(?:import|include)(?:\\s|#[^\\n]*\\n)*\"([^\"]*)\"([^;]*)");

    private static final Pattern TEXT_OF_JQ = Pattern.compile("\"([^\"]*)\"");

    /** Modules are read, from where the program and {@code -L} say. */
    private void modules(Job job, Reading reading, String text) {
        for (Argument folder : reading.values("-L", "--library-path")) {
            judge.file(job, Places.Touch.READ, folder, true);
        }
        Matcher module = MODULE_OF_JQ.matcher(text);
        while (module.find()) {
            judge.opaque(job, "reads the module `" + Judge.cut(module.group(1)) + "`");
            for (String path : List.of(module.group(1) + ".json", module.group(1) + ".jq")) {
                judge.file(job, Places.Touch.READ, Argument.of(path), false);
            }
            Matcher folder = TEXT_OF_JQ.matcher(module.group(2));
            while (folder.find()) {
                judge.file(job, Places.Touch.READ, Argument.of(folder.group(1)), true);
            }
        }
    }

    /** {@code load("f")}, {@code load_str("f")}, {@code strload("f")}, {@code props_load("f")}. */
    private static final Pattern LOADS = Pattern.compile("load_?[a-z0-9]{0,8}\\s{0,9}\\(");

    private void json(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        List<Argument> files = new ArrayList<>(reading.positionals);
        if (name.equals("yq")
                && !files.isEmpty()
                && List.of("e", "eval", "ea", "eval-all")
                        .contains(String.valueOf(files.getFirst().value()))) {
            files.removeFirst();
        }
        if (name.equals("jq") && reading.unknown.isEmpty()) {
            judge.unproven(job, name, reading);
        }
        boolean fromFile = reading.has("-f", "--from-file");
        Argument program = fromFile || files.isEmpty() ? null : files.removeFirst();
        for (Reading.Bound bound : reading.bound) {
            if (bound.option() != null && bound.role().equals("read")) {
                judge.file(job, Places.Touch.READ, bound.word(), false);
            }
        }
        String text = program == null ? "" : program.value();
        boolean shows =
                text != null
                        && (showsEnvironment(text)
                                || (name.equals("yq") && LOADS.matcher(text).find()));
        if (name.equals("yq") && text != null && text.matches("(?s).*\\beval(_all)?\\s*\\(.*")) {
            judge.opaque(job, "`yq` computes an expression that it reads");
        }
        if (!name.equals("yq")) {
            modules(job, reading, text == null ? "" : text);
        }
        if (shows) {
            judge.secret(job, "`" + name + "` shows the environment", "environment");
        }
        if (name.equals("jq") && text == null && program != null && isUnseen(program)) {
            judge.opaque(job, "the filter of `jq` is not constant and may show the environment");
        }
        for (Argument file : fromFile ? reading.values("-f", "--from-file") : List.<Argument>of()) {
            Paths.Place place = judge.call.paths.place(file, job.directory());
            String path = place.written();
            String filter = path == null ? null : judge.call.facts.text(path).orElse(null);
            boolean missing =
                    path != null
                            && judge.call.facts.kind(path) != Facts.Kind.FILE
                            && filter == null;
            boolean written =
                    judge.call.isUnread(place)
                            || judge.call.written(place).stream()
                                    .anyMatch(FileCommands::showsEnvironment);
            if (written || (!missing && showsEnvironment(filter))) {
                judge.secret(job, "`" + name + "` may show the environment", "environment");
            }
        }
        if (reading.has("--security-enable-system-operator")) {
            judge.opaque(job, "`yq` may run other programs");
        }
        for (Argument names : reading.values("-s", "--split-exp")) {
            judge.opaque(job, "writes the files that `" + Judge.cut(names.written()) + "` names");
        }
        boolean inPlace = reading.deeds().contains(Deed.WRITE);
        for (Argument file : files) {
            judge.file(job, inPlace ? Places.Touch.WRITE : Places.Touch.READ, file, false);
        }
        if (files.isEmpty()) {
            judge.fact(job, "reads its input");
        }
    }

    /** Whether nothing of a word is known but that something else says what it is. */
    private static boolean isUnseen(Argument word) {
        return word.written().matches("(?s)\"?(\\$\\{?[A-Za-z0-9_@*]+\\}?|\\$\\(.*\\)|`.*`)\"?");
    }

    /** Whether a program of {@code jq} or {@code yq} looks at the environment. */
    static boolean showsEnvironment(@Nullable String text) {
        return text == null
                || ENVIRONMENT_OF_JQ.matcher(text).find()
                || text.contains("$__prog_args")
                || text.matches("(?s).*\\b(str)?env(subst)?\\b.*");
    }

    private void printenv(Job job) {
        boolean harmless = !job.arguments().isEmpty();
        for (Argument word : job.arguments()) {
            harmless &= isHarmlessVariable(word.value());
        }
        if (harmless) {
            judge.fact(job, "shows a variable");
        } else {
            judge.secret(job, "shows the environment", "environment");
        }
    }

    private static boolean isPrint(String word) {
        return word.startsWith("-") && word.indexOf('p') > 0;
    }

    private static boolean isHarmlessVariable(@Nullable String name) {
        if (name == null) {
            return false;
        }
        return switch (name) {
            case "PATH",
                    "HOME",
                    "LANG",
                    "USER",
                    "SHELL",
                    "PWD",
                    "TERM",
                    "LOGNAME",
                    "HOSTNAME",
                    "TZ",
                    "EDITOR",
                    "LC_ALL",
                    "CI",
                    "NODE_ENV",
                    "JAVA_HOME" ->
                    true;
            default -> false;
        };
    }

    private void variables(Job job, String name) {
        List<String> words = job.constants();
        boolean dump =
                switch (name) {
                    case "set" -> job.arguments().isEmpty();
                    case "export" -> job.arguments().isEmpty() || words.contains("-p");
                    default ->
                            job.arguments().isEmpty()
                                    || (words.size() == 1
                                            && job.arguments().size() == 1
                                            && words.getFirst().matches("-[pxfFgairAlu]+")
                                            && !LowerCase.of(words.getFirst()).equals("-f"));
                };
        if (dump && !name.equals("local") && !name.equals("readonly")) {
            judge.secret(job, "shows the environment", "environment");
            return;
        }
        boolean prints =
                judge.catalogue.canonical(name).equals("declare")
                        && words.stream().anyMatch(FileCommands::isPrint);
        if (!name.equals("set")) {
            for (Argument word : job.arguments()) {
                String value = word.value();
                if (value == null) {
                    continue;
                }
                if (prints && Credentials.looksLike(value)) {
                    judge.secret(job, "shows the variable `" + value + "`", value);
                    return;
                }
                int equals = value.indexOf('=');
                if (equals > 0) {
                    String variable =
                            value.substring(
                                    0, value.charAt(equals - 1) == '+' ? equals - 1 : equals);
                    boolean appends = value.charAt(equals - 1) == '+';
                    judge.assignment(
                            job,
                            variable,
                            appends ? null : value.substring(equals + 1),
                            job.source());
                }
            }
        }
        judge.add(
                job,
                Action.FILE_READ,
                new Resource.Named("host", name),
                RiskTier.NONE,
                "sets shell variables");
    }
}
