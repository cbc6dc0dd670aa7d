package dev.countersign.analysis;

import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Code that comes straight from the network by other ways than a shell that reads a pipe: programs
 * that run what they read, addresses that are run, and files that a download leaves.
 */
final class NetworkCode {
    private static final Set<String> SHELLS =
            Set.of("sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "pwsh", "powershell");

    private final Judge judge;

    NetworkCode(Judge judge) {
        this.judge = judge;
    }

    /**
     * Adds what a command runs from the network, and notes what it brings.
     *
     * @param before how many operations there were in front of it
     */
    void add(Job job, int before) {
        String name = Judge.programName(job.words().getFirst().value());
        if (name == null) {
            return;
        }
        if (runsAddress(job, name)) {
            runs(job);
        }
        boolean piped =
                job.input() instanceof Invocation.Input.Pipe
                        || (job.input() instanceof Invocation.Input.Text text
                                && text.value() == null);
        if (piped && runsInput(job, name) && fromNetwork(job, name)) {
            runs(job);
        }
        downloads(job, name, before);
    }

    private boolean fromNetwork(Job job, String name) {
        if (judge.net().feedsText(job)) {
            return true;
        }
        Set<String> upstream = judge.net().upstream(job);
        return upstream.stream().anyMatch(one -> NetCommands.isFetcher(one) && !one.equals(name));
    }

    private void runs(Job job) {
        judge.shell(job, RiskTier.CRITICAL, "runs code straight from the network").tag("network");
    }

    private static boolean isAddress(String word) {
        return word.startsWith("http://")
                || word.startsWith("https://")
                || word.startsWith("git+http")
                || word.startsWith("git+ssh");
    }

    /** Programs that fetch an address they are given and run what they get. */
    private static boolean runsAddress(Job job, String name) {
        List<String> words = job.constants();
        String first = words.isEmpty() ? "" : words.getFirst();
        boolean may =
                switch (name) {
                    case "npx", "bunx", "pnpx", "uvx" -> true;
                    case "bun" -> isAddress(first) || first.equals("run") || first.equals("x");
                    case "npm" -> first.equals("exec") || first.equals("x");
                    case "pnpm", "yarn" -> first.equals("dlx");
                    case "uv", "pipx" -> first.equals("run") || first.equals("tool");
                    default -> false;
                };
        if (!may) {
            return false;
        }
        for (String word : words) {
            if (isAddress(word)) {
                return true;
            }
            boolean more =
                    word.startsWith("-")
                            || Set.of("run", "x", "exec", "dlx", "tool").contains(word);
            if (!more) {
                return false;
            }
        }
        return false;
    }

    private static final Pattern GIVES_CODE =
            Pattern.compile("(?s)-c.*|-e.*|--command.*|--execute.*|-f[^-].*");

    /** Programs that run what they read, called so that they do. */
    private static boolean runsInput(Job job, String name) {
        List<String> words = job.constants();
        return switch (name) {
            case "psql", "mysql", "mariadb" ->
                    words.stream().noneMatch(word -> GIVES_CODE.matcher(word).matches());
            case "sqlite3", "duckdb" ->
                    words.stream().filter(word -> !word.startsWith("-")).count() <= 1;
            case "make", "gmake" ->
                    words.contains("-")
                            || words.contains("-f-")
                            || words.contains("/dev/stdin")
                            || words.contains("--file=-");
            case "cmd", "cmd.exe" -> true;
            case "pwsh", "powershell" -> words.isEmpty() || words.contains("-");
            case "ssh" -> isRemoteShell(words);
            case "docker", "podman", "nerdctl", "kubectl", "oc" ->
                    words.stream()
                                    .anyMatch(word ->
                                            word.matches("-[a-z]*i[a-z]*|--interactive|--stdin"))
                            && isShellLast(words);
            default -> false;
        };
    }

    /** Whether {@code ssh} is given no command, or a shell that reads. */
    private static boolean isRemoteShell(List<String> words) {
        boolean host = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("-") && !host) {
                i += word.matches("-[bcDEeFIiJLlmOopQRSWw]") ? 1 : 0;
            } else if (!host) {
                host = true;
            } else {
                return isShellLast(words) && SHELLS.contains(Judge.programName(word));
            }
        }
        return host;
    }

    private static boolean isShellLast(List<String> words) {
        for (int i = words.size() - 1; i >= 0; i--) {
            String word = words.get(i);
            if (word.equals("-c")) {
                return false;
            }
            if (!word.startsWith("-")) {
                String name = word.strip().split("\\s+", 2)[0];
                return SHELLS.contains(String.valueOf(Judge.programName(name)));
            }
        }
        return false;
    }

    /** Notes the files a command fetched, so that running them counts as what it is. */
    private void downloads(Job job, String name, int before) {
        List<String> words = job.constants();
        String first = words.isEmpty() ? "" : words.getFirst();
        String second = words.size() > 1 ? words.get(1) : "";
        boolean fetches =
                switch (name) {
                    case "scp", "sftp", "rsync" ->
                            words.stream().anyMatch(word -> word.matches("[^/-][^/]*:.*"));
                    case "ssh",
                            "gh",
                            "aws",
                            "gsutil",
                            "gcloud",
                            "az",
                            "glab",
                            "rclone",
                            "s3cmd",
                            "mc" ->
                            true;
                    case "kubectl", "oc" -> Set.of("cp", "exec", "get").contains(first);
                    default -> false;
                };
        if (!fetches) {
            return;
        }
        List<Draft> all = judge.call.drafts;
        for (Draft draft : List.copyOf(all.subList(before, all.size()))) {
            if (draft.action == Action.FILE_WRITE
                    && !draft.unnamed
                    && draft.resource instanceof Resource.Path path
                    && path.written() != null) {
                Paths.Place place = judge.call.paths.place(path.written(), false, null);
                judge.call.brings(place, false);
                if (path.whole()) {
                    judge.call.bringsSome(path.written());
                }
            }
        }
        boolean unnamed =
                switch (name) {
                    case "gh", "glab" ->
                            Set.of("release", "run", "gist", "artifact").contains(first)
                                    && Set.of("download", "clone").contains(second);
                    case "kubectl", "oc" -> first.equals("cp");
                    case "aws", "gsutil", "gcloud", "az", "scp", "sftp", "rsync", "rclone" -> true;
                    default -> false;
                };
        if (unnamed && job.directory() != null) {
            judge.call.bringsSome(job.directory());
            for (Argument word : job.arguments()) {
                String value = word.value();
                boolean plain = value != null && !value.startsWith("-") && value.indexOf(':') < 0;
                if (plain && value != null && !value.isEmpty()) {
                    Paths.Place place = judge.call.paths.place(word, job.directory());
                    String path = place.written();
                    boolean there =
                            path == null
                                    || judge.call.facts.kind(path) == Facts.Kind.FILE
                                    || place.outside();
                    if (!there) {
                        judge.call.brings(place, false);
                    }
                }
            }
        }
    }
}
