package dev.countersign.analysis;

import dev.countersign.analysis.cmd.CmdText;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Context;
import dev.countersign.call.LowerCase;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a command of cmd.exe does: its own commands, the programs of Windows, or any other. */
final class CmdCommands {
    private static final Set<String> FACTS =
            Set.of(
                    "cls",
                    "ver",
                    "vol",
                    "hostname",
                    "whoami",
                    "tasklist",
                    "ipconfig",
                    "systeminfo",
                    "title",
                    "color",
                    "exit",
                    "popd",
                    "rem",
                    "verify",
                    "break",
                    "chcp",
                    "clip",
                    "choice",
                    "help");

    private static final Set<String> SYSTEM =
            Set.of(
                    "attrib",
                    "icacls",
                    "cacls",
                    "takeown",
                    "reg",
                    "regedit",
                    "schtasks",
                    "sc",
                    "net",
                    "net1",
                    "netsh",
                    "wmic",
                    "setx",
                    "assoc",
                    "ftype",
                    "fsutil",
                    "runas",
                    "sfc",
                    "dism",
                    "at",
                    "subst",
                    "rundll32",
                    "regsvr32",
                    "msiexec");

    private static final Set<String> DESTROYS =
            Set.of("format", "diskpart", "bcdedit", "vssadmin", "cipher", "bootrec", "shutdown");

    private final Judge judge;
    private final WindowsPrograms programs;

    CmdCommands(Judge judge) {
        this.judge = judge;
        this.programs = new WindowsPrograms(judge);
    }

    void judge(Job job, String given) {
        String name = LowerCase.of(given).replaceFirst("\\.(exe|com)$", "");
        boolean builtin = given.equalsIgnoreCase(job.words().getFirst().value());
        List<Argument> words = job.arguments();
        switch (name) {
            case "echo", "echo.", "prompt" -> judge.fact(job, "prints what it is given");
            case "cd", "chdir", "pushd" -> judge.fact(job, "changes the working directory");
            case "dir" -> list(job, words);
            case "type" -> read(job, words);
            case "where" -> where(job, words);
            case "findstr" -> search(job, words);
            case "del", "erase" -> delete(job, words);
            case "rd", "rmdir" -> removeFolder(job, words);
            case "md", "mkdir" -> make(job, words);
            case "copy", "move" -> carry(job, name.equals("copy") ? "cp" : "mv", words);
            case "ren", "rename" -> rename(job, words);
            case "xcopy" -> copyTree(job, words);
            case "robocopy" -> mirror(job, words);
            case "mklink" -> link(job, words);
            case "set", "path" -> set(job, name, words);
            case "date", "time" -> clock(job, words);
            case "taskkill" -> kill(job, words);
            case "forfiles" -> forFiles(job, words);
            case "wsl" -> subsystem(job, words);
            default -> {
                if (FACTS.contains(name)) {
                    judge.fact(job, "looks at the machine");
                } else if (SYSTEM.contains(name)) {
                    Draft draft =
                            judge.shell(job, RiskTier.HIGH, "`" + name + "` changes the machine");
                    draft.perhaps(judge.lesser(() -> hands(job, name, words)));
                } else if (DESTROYS.contains(name)) {
                    judge.shell(job, RiskTier.CRITICAL, "`" + name + "` can destroy the machine")
                            .tag("destructive");
                } else if (!programs.judge(job, name)) {
                    judge.command(program(job, name, builtin));
                }
            }
        }
    }

    private static boolean isSwitch(Argument word) {
        return word.value() != null && word.written().startsWith("/");
    }

    /** The words that are no switches, as paths, after only listed switches. */
    private List<Argument> paths(Job job, List<Argument> words, String listed) {
        List<Argument> paths = new ArrayList<>();
        for (Argument word : words) {
            if (!isSwitch(word)) {
                paths.add(CmdText.slashes(word, job.context()));
                continue;
            }
            String option = LowerCase.of(word.written().substring(1));
            boolean known = !option.isEmpty() && listed.indexOf(option.charAt(0)) >= 0;
            if (!known || option.indexOf('/') >= 0) {
                judge.opaque(job, "the switch `" + Judge.cut(word.written()) + "` is not listed");
            }
        }
        return paths;
    }

    private static boolean has(List<Argument> words, String option) {
        return words.stream()
                .anyMatch(
                        word -> isSwitch(word) && LowerCase.of(word.written()).startsWith(option));
    }

    private void list(Job job, List<Argument> words) {
        List<Argument> paths = paths(job, words, "abcdlnopqrstwx4-");
        if (paths.isEmpty()) {
            paths = List.of(Argument.of("."));
        }
        paths.forEach(word -> judge.file(job, Places.Touch.READ, word, true));
    }

    private void read(Job job, List<Argument> words) {
        List<Argument> paths = paths(job, words, "ecps");
        if (paths.isEmpty()) {
            judge.fact(job, "shows its input");
        }
        paths.forEach(word -> judge.file(job, Places.Touch.READ, word, false));
    }

    /** {@code where /r FOLDER NAME} lists what is below a folder. */
    private void where(Job job, List<Argument> words) {
        judge.fact(job, "looks at the machine");
        for (int i = 0; i + 1 < words.size(); i++) {
            if (LowerCase.of(words.get(i).written()).equals("/r")) {
                Argument folder = CmdText.slashes(words.get(i + 1), job.context());
                judge.file(job, Places.Touch.LOOK, folder, true);
            }
        }
    }

    private void search(Job job, List<Argument> words) {
        List<Argument> rest = new ArrayList<>();
        boolean pattern = false;
        for (Argument word : words) {
            if (!isSwitch(word)) {
                rest.add(word);
                continue;
            }
            String option = LowerCase.of(word.written().substring(1));
            boolean file = option.startsWith("f:") || option.startsWith("g:");
            if (file || option.startsWith("d:")) {
                judge.opaque(job, "takes its words or places from a switch");
            }
            pattern |= option.startsWith("c:") && option.length() > 2;
        }
        int first = pattern ? 0 : 1;
        if (rest.size() <= first) {
            judge.fact(job, "searches its input");
        }
        rest.stream()
                .skip(first)
                .forEach(word ->
                        judge.file(
                                job,
                                Places.Touch.READ,
                                CmdText.slashes(word, job.context()),
                                false));
    }

    private void delete(Job job, List<Argument> words) {
        List<Argument> paths = paths(job, words, "pfsqa");
        boolean deep = has(words, "/s");
        if (deep) {
            WindowsRoots.removed(judge, job, words);
        }
        if (paths.isEmpty()) {
            judge.opaque(job, "deletes something that is not named");
        }
        if (deep) {
            // The pattern holds in every folder below its own.
            like(job, folders(paths), "rm", "-r", "--");
        } else {
            like(job, paths, "rm", "-r", "--");
        }
    }

    private static List<Argument> folders(List<Argument> paths) {
        List<Argument> folders = new ArrayList<>();
        for (Argument word : paths) {
            String value = word.value();
            int slash = value == null ? -1 : value.lastIndexOf('/');
            String folder = slash > 0 ? String.valueOf(value).substring(0, slash) : ".";
            folders.add(
                    new Argument(
                            value == null || slash == 0 ? null : folder,
                            word.written(),
                            false,
                            word.source()));
        }
        return folders;
    }

    private void removeFolder(Job job, List<Argument> words) {
        List<Argument> paths = paths(job, words, "sq");
        if (paths.isEmpty()) {
            judge.opaque(job, "deletes something that is not named");
        }
        if (has(words, "/s")) {
            WindowsRoots.removed(judge, job, words);
            like(job, paths, "rm", "-r", "--");
        } else {
            like(job, paths, "rmdir", "--");
        }
    }

    private void make(Job job, List<Argument> words) {
        for (Argument word : paths(job, words, "")) {
            judge.file(job, Places.Touch.FOLDER, word, false);
        }
        if (words.isEmpty()) {
            judge.opaque(job, "makes a folder without a name");
        }
    }

    private void carry(Job job, String program, List<Argument> words) {
        List<Argument> paths = paths(job, words, "ydvbanlz-");
        boolean joins =
                words.stream()
                        .anyMatch(
                                word -> word.written().equals("+") || word.written().contains("+"));
        boolean device = paths.stream().anyMatch(word -> "con".equalsIgnoreCase(word.value()));
        if (joins || device || paths.isEmpty() || paths.size() > 2) {
            judge.opaque(job, "copies in a way that is not followed");
        }
        List<Argument> all = new ArrayList<>(paths);
        all.replaceAll(word -> "nul".equalsIgnoreCase(word.value()) ? NUL : word);
        if (all.size() == 1) {
            all.add(Argument.of("."));
        }
        if (program.equals("cp")) {
            like(job, all, "cp", "-r", "--");
        } else {
            like(job, all, "mv", "--");
        }
    }

    private static final Argument NUL = Argument.of("/dev/null");

    private void copyTree(Job job, List<Argument> words) {
        List<Argument> all = new ArrayList<>(paths(job, words, "seyihkqrfldcvgtumanoxjzbwp-"));
        if (has(words, "/exclude") || all.isEmpty() || all.size() > 2) {
            judge.opaque(job, "copies in a way that is not followed");
        }
        if (all.size() == 1) {
            all.add(Argument.of("."));
        }
        like(job, all, "cp", "-r", "--");
        // It is the content of the one folder that comes into the other.
        judge.output(job, all.getLast());
    }

    /** {@code robocopy FROM TO [FILES]}, which may also take away what FROM does not have. */
    private void mirror(Job job, List<Argument> words) {
        List<Argument> paths = new ArrayList<>();
        for (Argument word : words) {
            String option = LowerCase.of(word.written());
            if (!isSwitch(word)) {
                paths.add(CmdText.slashes(word, job.context()));
            } else if (!option.matches(
                    "/(e|s|np|nfl|ndl|njh|njs|nc|ns|xo|xx|l|mt(:\\d+)?|r:\\d+|w:\\d+|mir|purge)")) {
                judge.opaque(job, "the switch `" + Judge.cut(word.written()) + "` is not listed");
            }
        }
        if (paths.size() < 2) {
            judge.opaque(job, "copies in a way that is not followed");
            return;
        }
        like(job, paths.subList(0, 2), "cp", "-r", "--");
        judge.output(job, paths.get(1));
        if (has(words, "/mir") || has(words, "/purge")) {
            judge.file(job, Places.Touch.DELETE, paths.get(1), true);
        }
        if (has(words, "/mov")) {
            judge.file(job, Places.Touch.DELETE, paths.getFirst(), true);
        }
    }

    /** {@code mklink [/D] LINK TARGET}, which needs rights of its own. */
    private void link(Job job, List<Argument> words) {
        judge.shell(job, RiskTier.HIGH, "`mklink` changes the machine");
        List<Argument> paths = paths(job, words, "dhj");
        if (paths.size() == 2) {
            like(job, List.of(paths.getLast(), paths.getFirst()), "ln", "-s", "--");
        } else {
            judge.opaque(job, "makes a link in a way that is not followed");
        }
    }

    private void rename(Job job, List<Argument> words) {
        List<Argument> paths = paths(job, words, "");
        String from = paths.size() == 2 ? paths.getFirst().value() : null;
        String to = paths.size() == 2 ? paths.getLast().value() : null;
        if (from == null || to == null || to.indexOf('/') >= 0) {
            judge.opaque(job, "renames something that is not known");
            return;
        }
        Argument target = Argument.of(from.substring(0, from.lastIndexOf('/') + 1) + to);
        like(job, List.of(paths.getFirst(), target), "mv", "--");
    }

    private void set(Job job, String name, List<Argument> words) {
        if (words.isEmpty()) {
            if (name.equals("path")) {
                judge.fact(job, "shows where programs are looked for");
            } else {
                judge.secret(job, "shows the environment", name);
            }
            return;
        }
        String first = words.getFirst().value();
        if (name.equals("path")) {
            judge.assignment(job, "PATH", null, job.source());
            return;
        }
        if ("/a".equalsIgnoreCase(first) && calculates(job, words)) {
            return;
        }
        if (first == null || first.startsWith("/")) {
            judge.opaque(job, "sets a variable in a way that is not followed");
            return;
        }
        int equals = first.indexOf('=');
        if (equals < 0) {
            judge.secret(job, "shows variables of the environment", name);
            return;
        }
        int before = judge.call.drafts.size();
        judge.assignment(job, first);
        if (judge.call.drafts.size() == before) {
            String upper = first.substring(0, equals).toUpperCase(Locale.ROOT);
            judge.assignment(job, upper + first.substring(equals));
        }
        if (judge.call.drafts.size() == before) {
            judge.fact(job, "sets a variable");
        }
    }

    private static final Pattern CALCULATED =
            Pattern.compile("\\s*([A-Za-z_]\\w*)\\s*[-+*/%&|^]?=[-\\w\\s+*/%()]*");

    /** {@code set /a x=1+2}: a number for one variable. */
    private boolean calculates(Job job, List<Argument> words) {
        StringBuilder text = new StringBuilder();
        for (Argument word : words.subList(1, words.size())) {
            text.append(word.value() == null ? "?" : word.value()).append(' ');
        }
        Matcher one = CALCULATED.matcher(text);
        if (!one.matches()) {
            return false;
        }
        int before = judge.call.drafts.size();
        judge.assignment(job, one.group(1).toUpperCase(Locale.ROOT), null, job.source());
        if (judge.call.drafts.size() == before) {
            judge.fact(job, "sets a variable to a number");
        }
        return true;
    }

    private void clock(Job job, List<Argument> words) {
        if (words.size() == 1 && "/t".equalsIgnoreCase(words.getFirst().value())) {
            judge.fact(job, "tells the time");
        } else {
            judge.shell(job, RiskTier.HIGH, "changes the clock of the machine");
        }
    }

    private void kill(Job job, List<Argument> words) {
        boolean named = false;
        for (int i = 0; i + 1 < words.size(); i++) {
            String option = LowerCase.of(String.valueOf(words.get(i).value()));
            if (option.equals("/pid") || option.equals("/im")) {
                named = true;
                like(job, List.of(words.get(i + 1)), option.equals("/pid") ? "kill" : "pkill");
            }
        }
        if (!named) {
            judge.opaque(job, "ends processes that are not named here").atLeast(RiskTier.HIGH);
        }
    }

    // ---- other commands among the words

    /** {@code forfiles [/p FOLDER] [/m MASK] [/s] [/d DATE] [/c COMMAND]}. */
    private void forFiles(Job job, List<Argument> words) {
        String folder = job.directory();
        judge.shell(job, RiskTier.MEDIUM, "runs a command for each of some files");
        for (int i = 0; i < words.size(); i++) {
            String option = LowerCase.of(words.get(i).written());
            Argument value = i + 1 < words.size() ? words.get(i + 1) : null;
            if (option.equals("/p")) {
                folder =
                        judge.moved(
                                folder,
                                value == null ? null : CmdText.slashes(value, job.context()));
            } else if (option.equals("/c") && value != null) {
                String text = value.value();
                if (text == null) {
                    judge.opaque(job, "the command it runs is not constant");
                } else {
                    judge.nested(text, job, folder);
                }
            } else if (!option.equals("/s") && !option.equals("/m") && !option.equals("/d")) {
                continue;
            }
            i += option.equals("/s") ? 0 : 1;
        }
    }

    /** {@code wsl [-d NAME] [-u USER] [-e] COMMAND}, which runs in a Unix of its own. */
    private void subsystem(Job job, List<Argument> words) {
        judge.shell(job, RiskTier.MEDIUM, "runs a command in another system on this machine");
        int i = 0;
        while (i < words.size() && String.valueOf(words.get(i).value()).startsWith("-")) {
            String option = String.valueOf(words.get(i).value());
            boolean valued =
                    Set.of("-d", "--distribution", "-u", "--user", "--cd").contains(option);
            i += valued ? 2 : 1;
            if (option.equals("--") || option.equals("-e") || option.equals("--exec")) {
                break;
            }
        }
        List<Argument> command = words.subList(Math.min(i, words.size()), words.size());
        if (!command.isEmpty()) {
            String first = Judge.programName(command.getFirst().value());
            Job inner = job.inner(command, Judge.before(job, command));
            judge.command(program(inner, first == null ? "" : first, false));
        }
    }

    /** The commands that are handed to somebody else's account, or to a later time. */
    private void hands(Job job, String name, List<Argument> words) {
        StringBuilder rest = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            String value = words.get(i).value();
            String before = i == 0 ? "" : LowerCase.of(words.get(i - 1).written());
            boolean line = value != null && (value.indexOf(' ') > 0 || before.equals("/tr"));
            if (value != null && line) {
                judge.nested(value, job);
            } else if (i > 0 && value != null) {
                rest.append(value).append(' ');
            }
        }
        if ((name.equals("at") || name.equals("runas")) && !rest.isEmpty()) {
            judge.nested(rest.toString(), job);
        }
    }

    // ---- in the words of other programs

    private void like(Job job, List<Argument> rest, String... program) {
        List<Argument> words = new ArrayList<>();
        for (String word : program) {
            words.add(Argument.of(word));
        }
        words.addAll(rest);
        judge.likeProgram(job.as(words, job.line(), job.context()));
    }

    private static Job program(Job job, String name, boolean plain) {
        List<Argument> words = new ArrayList<>();
        Argument first = job.words().getFirst();
        String path = String.valueOf(first.value()).replace('\\', '/');
        String folder = plain ? "" : path.substring(0, path.lastIndexOf('/') + 1);
        words.add(new Argument(folder + name, first.written(), false, first.source()));
        for (Argument word : job.arguments()) {
            String value = word.value();
            boolean sure = value != null && !value.endsWith("\\") && value.indexOf('^') < 0;
            words.add(sure ? word : new Argument(null, word.written(), false, word.source()));
        }
        Context context = job.context();
        Context other =
                new Context(
                        context.cwd(),
                        context.workspace(),
                        context.home(),
                        Shell.SH,
                        context.platform(),
                        context.environment(),
                        context.machine());
        return job.as(words, new CommandLine(words, job.line().wrapper(), false), other);
    }
}
