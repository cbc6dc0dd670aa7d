package dev.countersign.analysis;

import dev.countersign.call.Argument;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which scripts of {@code package.json} a command names that is no plain {@code npm run}. */
final class PackageRunners {
    /** Options of {@code concurrently} that take a value. */
    private static final Set<String> VALUED =
            Set.of(
                    ("-n --names --name-separator -c --prefix-colors -p --prefix -l --prefix-length -t"
                                    + " --timestamp-format -m --max-processes -s --success --kill-signal"
                                    + " --restart-tries --restart-after --hide --default-input-target"
                                    + " --handle-input --shell --kill-timeout --cwd --workspace --filter -F"
                                    + " -w --include --exclude --from --jobs -j")
                            .split(" ", -1));

    private static final Set<String> RUNS =
            Set.of("run", "run-script", "rum", "urn", "workspaces", "foreach", "recursive");

    private PackageRunners() {}

    /**
     * What is named: scripts, as patterns where {@code *} stands for any part, and shell text.
     *
     * @param scripts names in the order of the words
     * @param texts command lines among the words
     * @param first whether only the first of the names that there is a script for runs
     */
    record Named(List<String> scripts, List<String> texts, boolean first) {}

    /** Null for a program that runs no script. */
    static @Nullable Named of(Job job, String name) {
        return switch (name) {
            case "run-s", "run-p", "npm-run-all", "npm-run-all2" -> {
                List<String> scripts = new ArrayList<>();
                for (String word : words(job)) {
                    scripts.add(word.strip().split("\\s+", 2)[0]);
                }
                yield new Named(scripts, List.of(), false);
            }
            case "concurrently", "conc" -> several(job);
            case "bun", "deno", "node", "npm", "yarn", "pnpm" -> one(job, name);
            default -> null;
        };
    }

    private static Named several(Job job) {
        List<String> scripts = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (String word : words(job)) {
            String plain = word.strip().replaceAll("^([\"'])(.*)\\1$", "$2");
            if (plain.matches("(npm|yarn|pnpm|bun|node|deno):\\S.*")) {
                scripts.add(plain.substring(plain.indexOf(':') + 1).split("\\s+", 2)[0]);
            } else {
                texts.add(plain);
            }
        }
        return new Named(scripts, texts, false);
    }

    private static @Nullable Named one(Job job, String name) {
        List<String> words = words(job);
        if (name.equals("node")) {
            List<String> all = job.constants();
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).startsWith("--run=")) {
                    return new Named(List.of(all.get(i).substring(6)), List.of(), true);
                }
                if (all.get(i).equals("--run") && i + 1 < all.size()) {
                    return new Named(List.of(all.get(i + 1)), List.of(), true);
                }
                if (!all.get(i).startsWith("-")) {
                    break;
                }
            }
            return null;
        }
        if (words.isEmpty()) {
            return null;
        }
        if (name.equals("deno")) {
            return words.getFirst().equals("task")
                    ? new Named(words.subList(1, words.size()), List.of(), true)
                    : null;
        }
        boolean runs = RUNS.contains(words.getFirst());
        boolean own =
                name.equals("bun")
                        && Set.of(
                                        "test", "build", "x", "pm", "create", "upgrade", "exec",
                                        "add", "remove")
                                .contains(words.getFirst());
        if (own) {
            return null;
        }
        boolean pattern = words.size() > 1 && runs && words.get(1).indexOf('*') >= 0;
        boolean spread = words.getFirst().equals("workspaces") || words.contains("foreach");
        if (name.equals("bun") || pattern || spread) {
            List<String> scripts = words.stream().filter(word -> !RUNS.contains(word)).toList();
            return new Named(scripts, List.of(), true);
        }
        return null;
    }

    /** The words in front of {@code --} that are neither options nor their values. */
    private static List<String> words(Job job) {
        List<String> words = new ArrayList<>();
        List<String> all = job.constants();
        boolean isAll =
                String.valueOf(Judge.programName(job.words().getFirst().value())).contains("run");
        for (int i = 0; i < all.size(); i++) {
            String word = all.get(i);
            if (word.equals("--") && !words.isEmpty() && !RUNS.contains(words.getLast())) {
                break;
            }
            boolean parallel = word.equals("-p") || word.equals("-s") || word.equals("-c");
            if (VALUED.contains(word) && !(parallel && isAll)) {
                i++;
            } else if (!word.startsWith("-")) {
                words.add(word);
            }
        }
        return words;
    }

    /** The words behind those options of a runner that choose what is fetched. */
    static List<Argument> command(List<Argument> words) {
        int i = 0;
        while (i < words.size()) {
            String word = String.valueOf(words.get(i).value());
            if (word.equals("--")) {
                i++;
                break;
            }
            if (!word.startsWith("-")) {
                break;
            }
            boolean valued =
                    FETCH_OPTIONS.contains(word)
                            && i + 1 < words.size()
                            && words.get(i + 1).value() != null;
            i += valued ? 2 : 1;
        }
        return words.subList(Math.min(i, words.size()), words.size());
    }

    private static final Set<String> FETCH_OPTIONS =
            Set.of(
                    ("-p --package -w --workspace --from --with --with-requirements --python --spec"
                                    + " --index-url --index -i --pip-args --cache --registry --prefix"
                                    + " --with-editable --extra-index-url --refresh-package")
                            .split(" ", -1));

    /** Whether a script goes by a name or a pattern of names. */
    static boolean fits(String pattern, String script) {
        return pattern.equals(script)
                || (pattern.indexOf('*') >= 0
                        && Patterns.glob(
                                pattern.replace("**", "*").replace('/', '_'),
                                script.replace('/', '_')));
    }
}
