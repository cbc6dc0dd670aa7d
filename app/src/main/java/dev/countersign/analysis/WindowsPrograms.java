package dev.countersign.analysis;

import dev.countersign.analysis.cmd.CmdText;
import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs of Windows that share their name with another program elsewhere, or that no catalogue of
 * Unix programs describes. Sources: the help each of them prints for {@code /?}.
 */
final class WindowsPrograms {
    private final Judge judge;

    WindowsPrograms(Judge judge) {
        this.judge = judge;
    }

    /**
     * Judges a program by what it does on Windows.
     *
     * @param name in small letters, without {@code .exe}
     * @return false if it is none of these
     */
    boolean judge(Job job, String name) {
        List<Argument> words = job.arguments();
        switch (name) {
            case "expand", "extrac32", "makecab" -> unpack(job, name, words);
            case "sort" -> sort(job, words);
            case "timeout" -> wait(job, words);
            case "tree" -> each(job, words, "fa", Places.Touch.READ, true);
            case "more" -> each(job, words, "ecpst", Places.Touch.READ, false);
            case "fc" -> each(job, words, "abclnotuw0123456789", Places.Touch.READ, false);
            case "comp" -> each(job, words, "adlnco", Places.Touch.READ, false);
            case "replace" -> replace(job, words);
            case "print" -> print(job, words);
            case "find" -> find(job, words);
            case "convert" -> {
                return convert(job, words);
            }
            case "compact" ->
                    judge.shell(job, RiskTier.HIGH, "`compact` changes how files are kept");
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean isSwitch(Argument word) {
        return word.value() != null && word.written().startsWith("/");
    }

    private static String option(Argument word) {
        return LowerCase.of(word.written()).substring(1);
    }

    /** The words that are no switches; a switch that does not begin with a listed letter asks. */
    private List<Argument> paths(Job job, List<Argument> words, String listed) {
        List<Argument> paths = new ArrayList<>();
        for (Argument word : words) {
            if (!isSwitch(word)) {
                paths.add(CmdText.slashes(word, job.context()));
                continue;
            }
            String option = option(word);
            if (option.isEmpty() || listed.indexOf(option.charAt(0)) < 0) {
                judge.opaque(job, "the switch `" + Judge.cut(word.written()) + "` is not listed");
            }
        }
        return paths;
    }

    private void each(
            Job job, List<Argument> words, String listed, Places.Touch touch, boolean whole) {
        List<Argument> paths = paths(job, words, listed);
        if (paths.isEmpty()) {
            judge.fact(job, "shows its input or the working directory");
        }
        paths.forEach(word -> judge.file(job, touch, word, whole));
    }

    /** {@code expand [-r] [-f:FILES] FROM… TO}, which may be a file or a folder. */
    private void unpack(Job job, String name, List<Argument> words) {
        List<Argument> paths = new ArrayList<>();
        boolean lists = false;
        for (Argument word : words) {
            String value = word.value();
            boolean option = value != null && (value.startsWith("-") || value.startsWith("/"));
            if (!option) {
                paths.add(CmdText.slashes(word, job.context()));
            } else if (option(word).equals("d")) {
                lists = true;
            } else {
                judge.opaque(job, "`" + name + "` names what it writes in a way not followed");
            }
        }
        if (paths.isEmpty() || (paths.size() < 2 && !lists)) {
            judge.opaque(job, "`" + name + "` chooses the name of what it writes");
        }
        int read = lists || paths.size() < 2 ? paths.size() : paths.size() - 1;
        paths.subList(0, read).forEach(word -> judge.file(job, Places.Touch.READ, word, false));
        paths.subList(read, paths.size()).forEach(word -> judge.outputBelow(job, word));
    }

    /** {@code sort FILE [/O FILE]}. */
    private void sort(Job job, List<Argument> words) {
        boolean any = false;
        for (int i = 0; i < words.size(); i++) {
            Argument word = words.get(i);
            if (!isSwitch(word)) {
                judge.file(job, Places.Touch.READ, CmdText.slashes(word, job.context()), false);
                any = true;
                continue;
            }
            String option = option(word);
            boolean output = option.length() < 7 && option.startsWith("o");
            boolean place = option.startsWith("t");
            if (output || place) {
                i++;
                if (i < words.size()) {
                    judge.outputBelow(job, CmdText.slashes(words.get(i), job.context()));
                    any = true;
                }
            } else if (option.startsWith("m")
                    || option.startsWith("rec")
                    || option.startsWith("l")) {
                i += option.indexOf(':') < 0 ? 1 : 0;
            } else if (!option.startsWith("r")
                    && !option.startsWith("+")
                    && !option.startsWith("u")) {
                judge.opaque(job, "the switch `" + Judge.cut(word.written()) + "` is not listed");
            }
        }
        if (!any) {
            judge.fact(job, "sorts its input");
        }
    }

    /** {@code timeout [/T] SECONDS}: it runs nothing, as the Unix program of that name would. */
    private void wait(Job job, List<Argument> words) {
        for (Argument word : words) {
            String value = LowerCase.of(String.valueOf(word.value()));
            boolean known =
                    value.equals("/t")
                            || value.equals("/nobreak")
                            || value.chars().allMatch(c -> Character.isDigit(c) || c == '-');
            if (!known) {
                judge.opaque(job, "`timeout` of Windows takes a time only");
                judge.likeProgram(job.as(job.words(), job.line(), job.context()));
                return;
            }
        }
        judge.fact(job, "waits");
    }

    /** {@code replace FROM TO}: files of one folder over those of the other. */
    private void replace(Job job, List<Argument> words) {
        List<Argument> paths = paths(job, words, "aprsw");
        if (paths.isEmpty()) {
            judge.opaque(job, "replaces something that is not named");
            return;
        }
        judge.file(job, Places.Touch.READ, paths.getFirst(), false);
        Argument into = paths.size() > 1 ? paths.get(1) : Argument.of(".");
        judge.file(job, Places.Touch.WRITE, into, true);
    }

    /** {@code print [/D:DEVICE] FILE}, where the device may be a file. */
    private void print(Job job, List<Argument> words) {
        for (Argument word : words) {
            String option = isSwitch(word) ? option(word) : "";
            if (option.startsWith("d:")) {
                String device = word.written().substring(3);
                judge.outputBelow(
                        job,
                        CmdText.slashes(
                                new Argument(device, word.written(), false, word.source()),
                                job.context()));
            } else if (option.isEmpty()) {
                judge.file(job, Places.Touch.READ, CmdText.slashes(word, job.context()), false);
            } else {
                judge.opaque(job, "the switch `" + Judge.cut(word.written()) + "` is not listed");
            }
        }
        judge.shell(job, RiskTier.MEDIUM, "sends files to a printer");
    }

    /** {@code find "TEXT" FILES}: what stands first is no path. */
    private void find(Job job, List<Argument> words) {
        if (words.stream().anyMatch(word -> word.written().startsWith("-"))) {
            // Meant for the Unix program, which may stand in front of this one.
            judge.likeProgram(job.as(job.words(), job.line(), job.context()));
            return;
        }
        List<Argument> rest = paths(job, words, "vcnio");
        if (rest.size() < 2) {
            judge.fact(job, "searches its input");
        }
        rest.stream().skip(1).forEach(word -> judge.file(job, Places.Touch.READ, word, false));
    }

    /** {@code convert DRIVE /FS:NTFS}; a program for pictures may have the name too. */
    private boolean convert(Job job, List<Argument> words) {
        boolean drive = words.stream().anyMatch(w -> isSwitch(w) && option(w).startsWith("fs"));
        if (drive) {
            judge.shell(job, RiskTier.CRITICAL, "`convert` changes a drive as a whole")
                    .tag("destructive");
        }
        return drive;
    }
}
