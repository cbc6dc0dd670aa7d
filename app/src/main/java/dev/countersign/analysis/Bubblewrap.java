package dev.countersign.analysis;

import dev.countersign.analysis.shell.ShellText;
import dev.countersign.call.Argument;
import dev.countersign.call.RiskTier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code bwrap OPTION… COMMAND}: what runs in the sandbox reaches what is bound into it, so it is
 * judged as if there were none.
 */
final class Bubblewrap {
    /** How many words follow an option, after its manual (version 0.11). */
    private static final Map<String, Integer> WORDS = words();

    private final Judge judge;

    Bubblewrap(Judge judge) {
        this.judge = judge;
    }

    private static Map<String, Integer> words() {
        Map<String, Integer> words = new HashMap<>();
        for (String none :
                List.of(
                        "unshare-all unshare-user unshare-user-try unshare-ipc unshare-pid",
                        "unshare-net unshare-uts unshare-cgroup unshare-cgroup-try share-net",
                        "clearenv new-session die-with-parent as-pid-1 disable-userns",
                        "assert-userns-disabled help version level-prefix")) {
            put(words, none, 0);
        }
        for (String one :
                List.of(
                        "argv0 userns userns2 pidns uid gid hostname chdir unsetenv lock-file",
                        "sync-fd info-fd json-status-fd block-fd userns-block-fd remount-ro proc",
                        "dev tmpfs mqueue dir seccomp add-seccomp-fd exec-label file-label",
                        "cap-add cap-drop perms size overlay-src tmp-overlay ro-overlay")) {
            put(words, one, 1);
        }
        put(
                words,
                "bind bind-try dev-bind dev-bind-try ro-bind ro-bind-try symlink file bind-data"
                        + " ro-bind-data setenv chmod bind-fd ro-bind-fd",
                2);
        put(words, "overlay", 3);
        return Map.copyOf(words);
    }

    private static void put(Map<String, Integer> words, String names, int count) {
        for (String name : names.split(" ", -1)) {
            words.put("--" + name, count);
        }
    }

    void judge(Job job) {
        List<Argument> words = job.arguments();
        Job inside = job;
        int i = 0;
        boolean moved = false;
        while (i < words.size()) {
            String option = words.get(i).value();
            if (option == null) {
                judge.opaque(job, "`" + Judge.cut(words.get(i).written()) + "` is not constant");
                return;
            }
            if (option.equals("--")) {
                i++;
                break;
            }
            if (!option.startsWith("-")) {
                break;
            }
            Integer count = WORDS.get(option);
            if (count == null || i + count >= words.size()) {
                if (!Judge.isVersionQuestion(job)) {
                    judge.opaque(job, "`bwrap`: `" + Judge.cut(option) + "` is not read");
                }
                return;
            }
            List<Argument> given = words.subList(i + 1, i + 1 + count);
            moved |= moves(option, given);
            inside = inside(inside, option, given);
            i += 1 + count;
        }
        if (i >= words.size()) {
            judge.fact(job, "asks `bwrap` about itself");
            return;
        }
        judge.shell(job, RiskTier.MEDIUM, "runs a command among folders it chooses");
        if (moved) {
            judge.opaque(job, "`bwrap` has other folders where the command looks");
        }
        List<Argument> command = words.subList(i, words.size());
        judge.command(inside.inner(command, Judge.before(job, command)));
    }

    /** Whether paths inside may mean others outside. */
    private static boolean moves(String option, List<Argument> given) {
        return switch (option) {
            case "--bind",
                    "--bind-try",
                    "--dev-bind",
                    "--dev-bind-try",
                    "--ro-bind",
                    "--ro-bind-try" -> {
                String from = given.getFirst().value();
                yield from == null || !from.equals(given.getLast().value());
            }
            case "--symlink",
                    "--file",
                    "--bind-data",
                    "--ro-bind-data",
                    "--bind-fd",
                    "--ro-bind-fd",
                    "--overlay",
                    "--overlay-src",
                    "--tmp-overlay",
                    "--ro-overlay" ->
                    true;
            default -> false;
        };
    }

    private Job inside(Job job, String option, List<Argument> given) {
        return switch (option) {
            case "--chdir" -> job.in(judge.moved(job.directory(), given.getFirst()));
            case "--clearenv" -> job.underNone();
            case "--unsetenv" -> variable(job, given.getFirst().value(), ShellText.UNSET);
            case "--setenv" -> {
                String name = given.getFirst().value();
                String value = given.getLast().value();
                judge.assignment(job, String.valueOf(name), value, job.source());
                yield variable(job, name, value);
            }
            default -> job;
        };
    }

    private static Job variable(Job job, @Nullable String name, @Nullable String value) {
        return name == null
                ? job.underNone()
                : job.under(Map.of(name, value == null ? ShellText.UNSURE : value));
    }
}
