package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** PowerShell and cmd.exe started as programs, with what they are told to run. */
final class ForeignShells {
    /** Options of PowerShell with a value, and how short each may be written. */
    private static final List<String> WITH_VALUE =
            List.of(
                    "custompipename",
                    "executionpolicy",
                    "inputformat",
                    "outputformat",
                    "version",
                    "windowstyle",
                    "ep",
                    "ex");

    private static final List<String> PLAIN =
            List.of(
                    "login",
                    "mta",
                    "noexit",
                    "nologo",
                    "noninteractive",
                    "noprofile",
                    "sta",
                    "nop");

    private final Judge judge;

    ForeignShells(Judge judge) {
        this.judge = judge;
    }

    boolean judge(Job job, String name) {
        switch (LowerCase.of(name)) {
            case "powershell", "powershell.exe" -> powerShell(job, true);
            case "pwsh", "pwsh.exe", "pwsh-preview" -> powerShell(job, false);
            case "cmd", "cmd.exe" -> cmd(job);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void powerShell(Job given, boolean old) {
        Job job = given;
        if (Judge.isVersionQuestion(job)) {
            judge.fact(job, "asks PowerShell for its version");
            return;
        }
        List<Argument> words = job.arguments();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i).value();
            if (word == null) {
                judge.opaque(job, "`" + Judge.cut(words.get(i).written()) + "` is not constant");
                return;
            }
            boolean option = word.length() > 1 && (word.startsWith("-") || word.startsWith("/"));
            if (!option || word.equals("-")) {
                if (old) {
                    rest(job, words.subList(i, words.size()), Shell.PWSH);
                } else if (word.equals("-")) {
                    PowerShellCommands.runsInput(judge, job, "runs what it reads");
                } else {
                    judge.code().scriptFile(job, words.get(i));
                }
                return;
            }
            String option0 = LowerCase.of(word.substring(word.startsWith("--") ? 2 : 1));
            if ("command".startsWith(option0) || option0.equals("commandwithargs")) {
                rest(job, words.subList(i + 1, words.size()), Shell.PWSH);
                return;
            }
            if ("encodedcommand".startsWith(option0)
                    || option0.equals("ec")
                    || option0.equals("enc")) {
                encoded(job, i + 1 < words.size() ? words.get(i + 1).value() : null);
                return;
            }
            if ("file".startsWith(option0)) {
                if (i + 1 < words.size()) {
                    judge.code().scriptFile(job, words.get(i + 1));
                } else {
                    PowerShellCommands.runsInput(judge, job, "runs what it reads");
                }
                return;
            }
            boolean moves = option0.startsWith("wo") && "workingdirectory".startsWith(option0);
            if (moves || option0.equals("wd")) {
                i++;
                job = job.in(judge.moved(job.directory(), i < words.size() ? words.get(i) : null));
            } else if (begins(WITH_VALUE, option0)) {
                i++;
            } else if (!begins(PLAIN, option0)) {
                judge.opaque(job, "the option `" + Judge.cut(word) + "` is not listed");
                return;
            }
        }
        PowerShellCommands.runsInput(judge, job, "runs what it reads");
    }

    private static boolean begins(List<String> options, String start) {
        return options.stream().anyMatch(option -> option.startsWith(start));
    }

    private void cmd(Job job) {
        List<Argument> words = job.arguments();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i).value();
            if (word == null) {
                judge.opaque(job, "`" + Judge.cut(words.get(i).written()) + "` is not constant");
                return;
            }
            // Git's shell on Windows wants the slash twice.
            String option = LowerCase.of(word.replaceFirst("^//", "/"));
            if (option.equals("/c") || option.equals("/k") || option.equals("/r")) {
                rest(job, words.subList(i + 1, words.size()), Shell.CMD);
                return;
            }
            boolean harmless =
                    option.equals("/d")
                            || option.equals("/s")
                            || option.equals("/q")
                            || option.equals("/a")
                            || option.equals("/u");
            if (!harmless) {
                judge.opaque(job, "the option `" + Judge.cut(word) + "` is not listed");
                return;
            }
        }
        PowerShellCommands.runsInput(judge, job, "runs what it reads");
    }

    private void rest(Job job, List<Argument> words, Shell shell) {
        StringJoiner text = new StringJoiner(" ");
        for (Argument word : words) {
            String value = word.value();
            if (value == null) {
                judge.script(job, word);
                return;
            }
            text.add(value);
        }
        if (text.toString().isBlank() || text.toString().equals("-")) {
            PowerShellCommands.runsInput(judge, job, "runs what it reads");
            return;
        }
        String whole = text.toString();
        boolean quoted =
                shell == Shell.CMD
                        && whole.length() > 1
                        && whole.startsWith("\"")
                        && whole.endsWith("\"");
        if (quoted) {
            whole = whole.substring(1, whole.length() - 1);
        }
        judge.nested(whole, job, job.directory(), shell);
    }

    private void encoded(Job job, @Nullable String given) {
        if (given == null) {
            judge.opaque(job, "the encoded text is missing");
            return;
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(given);
        } catch (IllegalArgumentException e) {
            judge.opaque(job, "the encoded text cannot be decoded");
            return;
        }
        if (bytes.length % 2 != 0) {
            judge.opaque(job, "the encoded text cannot be decoded");
            return;
        }
        judge.shell(job, RiskTier.MEDIUM, "runs a text that nobody can read as it stands");
        judge.nested(
                new String(bytes, StandardCharsets.UTF_16LE), job, job.directory(), Shell.PWSH);
    }
}
