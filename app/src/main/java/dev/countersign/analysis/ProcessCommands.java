package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import dev.countersign.call.RiskTier;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Programs that end processes, and the clients' own programs. */
final class ProcessCommands {
    private static final String FLOOR = "Countersign's own process is out of reach for agents";

    private final Judge judge;

    ProcessCommands(Judge judge) {
        this.judge = judge;
    }

    boolean judge(Job job, String name) {
        switch (name) {
            case "kill" -> kill(job);
            case "pkill", "killall", "skill", "killall5" -> byName(job, name);
            case "fuser" -> fuser(job);
            case "hostname", "mount", "ifconfig", "route", "sysctl", "date" -> {
                return changesMachine(job, name);
            }
            case "pgrep", "lsof", "pidof", "ss", "netstat", "ps" -> {
                for (String word : job.constants()) {
                    judge.call.looksForUs |= namesUs(word);
                }
                if (name.equals("ps") && showsEnvironment(job)) {
                    judge.secret(job, "shows the environment of processes", "environment");
                    return true;
                }
                return false;
            }
            case "systemctl",
                    "service",
                    "launchctl",
                    "pm2",
                    "supervisorctl",
                    "docker",
                    "podman" -> {
                if (managesUs(job, name)) {
                    judge.shell(job, RiskTier.HIGH, "manages Countersign's own service")
                            .floor(FLOOR);
                    return true;
                }
                return false;
            }
            case "grep" -> {
                for (String word : job.constants()) {
                    judge.call.looksForUs |=
                            LowerCase.of(word).contains("countersign")
                                    && job.input()
                                            instanceof
                                            dev.countersign.analysis.shell.Invocation.Input.Pipe;
                }
                return false;
            }
            default -> {
                return client(job, name);
            }
        }
        return true;
    }

    /** Whether a word is a new time; BSD takes it from two digits on, unless told not to set it. */
    private boolean setsClock(Job job) {
        Reading date = Reading.of(judge.catalogue.tool("date").orElseThrow(), job.arguments());
        return !date.has("-j")
                && date.positionals.stream()
                        .anyMatch(word ->
                                word.value() != null && word.value().matches("[0-9]{2}[0-9.]*"));
    }

    /** Programs that only look until they are given a word too many. */
    private boolean changesMachine(Job job, String name) {
        int words = 0;
        boolean assigns = false;
        boolean formats = true;
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null || !value.startsWith("-")) {
                words++;
                assigns |= value == null || value.indexOf('=') > 0;
                formats &= value != null && value.startsWith("+");
            }
        }
        boolean changes =
                switch (name) {
                    case "hostname" -> words > 0;
                    case "ifconfig" -> words > 1;
                    case "route" -> words > 0 && !"get".equals(job.argument(0));
                    case "sysctl" -> assigns;
                    case "date" -> words > 0 && !formats && setsClock(job);
                    default -> false;
                };
        if (changes) {
            judge.shell(job, RiskTier.HIGH, "`" + name + "` changes the machine");
            return true;
        }
        if (name.equals("mount") && job.arguments().isEmpty()) {
            judge.fact(job, "lists what is mounted");
            return true;
        }
        return false;
    }

    private boolean managesUs(Job job, String name) {
        boolean names = false;
        boolean acts = false;
        for (String word : job.constants()) {
            names |= LowerCase.of(word).contains("countersign") && word.indexOf('/') < 0;
            acts |=
                    switch (word) {
                        case "stop",
                                "kill",
                                "restart",
                                "disable",
                                "mask",
                                "rm",
                                "bootout",
                                "unload",
                                "remove",
                                "delete",
                                "reload",
                                "pause",
                                "isolate",
                                "edit",
                                "exec" ->
                                true;
                        default -> false;
                    };
        }
        return names && acts && !name.isEmpty();
    }

    private boolean namesUs(String word) {
        String lower = LowerCase.of(word);
        if (lower.contains("countersign")) {
            return true;
        }
        for (String port : Places.ownPorts()) {
            if (lower.contains(port)) {
                return true;
            }
        }
        return false;
    }

    /** A column of {@code ps -o} that holds the environment. */
    private static final Pattern ENVIRONMENT_COLUMN =
            Pattern.compile("(?i)(?:^|[,= ]|^-?[a-z]*o)environ(?:$|[,= :])");

    /**
     * Whether {@code ps} is told {@code e} without a dash, or with one among letters that only have
     * a meaning without it.
     */
    private static boolean showsEnvironment(Job job) {
        List<Argument> words = job.arguments();
        for (String word : job.constants()) {
            if (ENVIRONMENT_COLUMN.matcher(word).find()) {
                return true;
            }
        }
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i).value();
            if (word == null) {
                return true;
            }
            if (word.startsWith("--")) {
                boolean takesNext =
                        word.indexOf('=') < 0
                                && List.of(
                                                "--format",
                                                "--pid",
                                                "--ppid",
                                                "--user",
                                                "--User",
                                                "--group",
                                                "--Group",
                                                "--sid",
                                                "--tty",
                                                "--sort",
                                                "--cols",
                                                "--columns",
                                                "--width",
                                                "--rows",
                                                "--lines",
                                                "--quick-pid")
                                        .contains(word);
                i += takesNext ? 1 : 0;
                continue;
            }
            boolean dash = word.startsWith("-");
            String letters = dash ? word.substring(1) : word;
            boolean shows = false;
            boolean bsd = !dash;
            int at = 0;
            String valued = dash ? "opuUtCgGsqkON" : "opUtqkO";
            while (at < letters.length() && valued.indexOf(letters.charAt(at)) < 0) {
                char c = letters.charAt(at);
                shows |= c == 'e';
                bsd |= c == 'x';
                if (dash && c == 'E') {
                    return true;
                }
                at++;
            }
            if (dash && letters.startsWith("aux")) {
                shows = letters.indexOf('e') >= 0;
                bsd = true;
                at = letters.length();
            }
            if (shows && bsd) {
                return true;
            }
            i += at == letters.length() - 1 ? 1 : 0;
        }
        return false;
    }

    private void kill(Job job) {
        List<Argument> words = job.arguments();
        Draft draft = judge.shell(job, RiskTier.MEDIUM, "ends processes");
        boolean signalSeen = false;
        boolean asks = words.size() > 1 && "-0".equals(words.getFirst().value());
        if (asks) {
            draft.risk = RiskTier.LOW;
            draft.summary = "asks whether processes run";
        }
        for (int i = 0; i < words.size(); i++) {
            String value = words.get(i).value();
            if (value == null) {
                draft.opaque();
                if (judge.call.looksForUs) {
                    draft.floor(FLOOR);
                }
                continue;
            }
            if (i == 0 && (value.equals("-l") || value.equals("-L"))) {
                draft.risk = RiskTier.NONE;
                draft.summary = "lists signals";
                return;
            }
            boolean signal = i == 0 && value.startsWith("-") && words.size() > 1;
            if (signal) {
                signalSeen = true;
                if (value.equals("-s") || value.equals("-n")) {
                    i++;
                }
                continue;
            }
            if (value.equals("--")) {
                signalSeen = true;
                continue;
            }
            pid(draft, value, signalSeen);
        }
    }

    private static final Pattern NUMBER = Pattern.compile("[-+]?\\p{Nd}+");

    private void pid(Draft draft, String value, boolean signalSeen) {
        if (value.isEmpty() || "+-0123456789".indexOf(value.charAt(0)) < 0) {
            return;
        }
        if (!NUMBER.matcher(value).matches()) {
            draft.opaque();
            return;
        }
        try {
            long pid = Long.parseLong(value);
            if (pid == -1 || pid == 0 || (pid < 0 && signalSeen)) {
                draft.atLeast(RiskTier.HIGH).tag("destructive");
            }
            if (pid == -1) {
                draft.atLeast(RiskTier.CRITICAL)
                        .floor("it would end every process, Countersign's own too");
                draft.summary = "ends every process of the user";
            }
            if (pid == 1) {
                draft.atLeast(RiskTier.CRITICAL);
            }
            if (judge.call.guarded.processes().contains(Math.abs(pid))) {
                draft.floor(FLOOR);
            }
        } catch (NumberFormatException e) {
            draft.opaque();
        }
    }

    private void byName(Job job, String name) {
        Draft draft = judge.shell(job, RiskTier.MEDIUM, "ends processes by name");
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null) {
                draft.opaque();
                continue;
            }
            if (value.startsWith("-")) {
                continue;
            }
            if (hits(value, name)) {
                draft.floor(FLOOR);
            }
        }
    }

    private static boolean hits(String pattern, String program) {
        String lower = LowerCase.of(pattern);
        if (lower.contains("countersign") || lower.equals("java")) {
            return true;
        }
        if (!program.equals("pkill")) {
            return false;
        }
        if (pattern.length() >= LONGEST_PATTERN) {
            return true;
        }
        try {
            Pattern compiled = Pattern.compile(lower);
            return compiled.matcher(new Looked("countersign")).find()
                    || compiled.matcher(new Looked("java")).find();
        } catch (PatternSyntaxException | TooLong e) {
            return true;
        }
    }

    private static final int LONGEST_PATTERN = 200;

    /** A pattern that takes too long to be compared. */
    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLong() {
            super(null, null, false, false);
        }
    }

    /** A text that is looked at only so often: a pattern can be made to go back without end. */
    private static final class Looked implements CharSequence {
        private static final int MOST = 2_000;

        private final String text;
        private int looks;

        Looked(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            if (++looks > MOST) {
                throw new TooLong();
            }
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++looks > MOST) {
                throw new TooLong();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private void fuser(Job job) {
        boolean kills = false;
        boolean us = false;
        for (String word : job.constants()) {
            kills |= word.equals("--kill") || (word.startsWith("-") && word.contains("k"));
            us |= namesUs(word);
        }
        if (kills) {
            Draft draft =
                    judge.shell(job, RiskTier.MEDIUM, "ends the processes that use a file or port");
            if (us) {
                draft.floor(FLOOR);
            }
        } else {
            judge.fact(job, "shows which processes use a file or port");
        }
    }

    private boolean client(Job job, String name) {
        if (!Places.floorTexts("client_programs").contains(name)) {
            return false;
        }
        if (Judge.isVersionQuestion(job)) {
            judge.fact(job, "asks `" + name + "` for its version");
            return true;
        }
        Draft draft = judge.shell(job, RiskTier.HIGH, "starts another agent, `" + name + "`");
        List<String> options = Places.floorTexts("client_options");
        for (String word : job.constants()) {
            String option = word.indexOf('=') > 0 ? word.substring(0, word.indexOf('=')) : word;
            boolean weakens =
                    options.contains(option)
                            || word.contains("disableAllHooks")
                            || word.contains("hooksConfig");
            if (weakens) {
                draft.floor("an agent may not start a client without its hooks or permissions");
            }
        }
        List<String> words = job.constants();
        boolean configures =
                !words.isEmpty()
                        && (words.getFirst().equals("config")
                                || words.getFirst().equals("plugin")
                                || words.getFirst().equals("hooks"));
        if (configures) {
            draft.floor("a client's settings are changed by people, not by agents");
        }
        return true;
    }
}
