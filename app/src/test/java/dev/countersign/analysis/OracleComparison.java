package dev.countersign.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares the analyser with a real bash over generated texts; {@code tools/verify.d/30-oracle}
 * runs it.
 *
 * <ul>
 *   <li>{@code generate SEED COUNT} writes the texts as JSON lines for {@code tools/oracle}
 *   <li>{@code compare SEED COUNT} reads what bash executed, analyses the same texts and reports
 * </ul>
 */
final class OracleComparison {
    /** The tree of the sandbox. */
    private static final Disk DISK =
            new Disk(
                    Map.ofEntries(
                            Map.entry("/w/a.txt", "alpha\n"),
                            Map.entry("/w/b.txt", "beta\n"),
                            Map.entry("/w/src/main.c", "int main(){}\n"),
                            Map.entry("/w/src/util.py", "print(1)\n"),
                            Map.entry("/w/sub dir/c d.txt", "gamma\n"),
                            Map.entry("/w/.env", "SECRET=x\n"),
                            Map.entry("/w/Makefile", "all:\n\techo hi\n"),
                            Map.entry("/w/cmds.sh", "rm -rf from-script\n"),
                            Map.entry("/w/names", "rm\n-rf\nfrom-names\n"),
                            Map.entry("/w/.git/config", "[core]\n"),
                            Map.entry("/home/u/.bashrc", "# rc\n"),
                            Map.entry("/home/u/.ssh/id_rsa", "key\n"),
                            Map.entry("/home/u/notes.txt", "n\n")),
                    Map.of());

    private static final int MOST_SHOWN = 60;

    private int executed;
    private int places;
    private int opaque;
    private int ran;
    private int cut;
    private int inFiles;
    private int onOthers;
    private final List<String> misses = new ArrayList<>();
    private final Map<String, Integer> reasons = new TreeMap<>();
    private final Map<String, String> examples = new TreeMap<>();

    private OracleComparison() {}

    public static void main(String[] arguments) throws IOException {
        long seed = Long.parseLong(arguments[1]);
        int count = Integer.parseInt(arguments[2]);
        List<String> texts = texts(seed, count);
        ObjectMapper mapper = new ObjectMapper();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        if (arguments[0].equals("generate")) {
            for (int i = 0; i < texts.size(); i++) {
                ObjectNode row = mapper.createObjectNode();
                out.println(row.put("id", i).put("command", texts.get(i)));
            }
            return;
        }
        OracleComparison comparison = new OracleComparison();
        boolean[] seen = new boolean[count];
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode row = mapper.readTree(line);
            int id = row.path("id").asInt();
            seen[id] = true;
            comparison.compare(texts.get(id), row);
        }
        int missing = 0;
        for (boolean each : seen) {
            missing += each ? 0 : 1;
        }
        comparison.report(out, seed, count, missing);
        System.exit(comparison.misses.isEmpty() && missing == 0 ? 0 : 1);
    }

    private static List<String> texts(long seed, int count) throws IOException {
        Variants variants = new Variants(seed, seeds());
        List<String> texts = new ArrayList<>();
        Set<String> known = new HashSet<>();
        while (texts.size() < count) {
            String text = variants.next();
            if (known.add(text)) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** Recorded commands that bash accepts. */
    private static List<String> seeds() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        List<String> seeds = new ArrayList<>();
        for (String file : List.of("corpus", "torture")) {
            try (InputStream in =
                            Objects.requireNonNull(
                                    OracleComparison.class.getResourceAsStream(
                                            "/shell/" + file + ".jsonl"));
                    BufferedReader lines =
                            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    JsonNode row = mapper.readTree(line);
                    JsonNode observed = row.has("observed") ? row.path("observed") : row;
                    String command = row.path("command").asText();
                    if (observed.path("syntax_ok").asBoolean()
                            && !observed.path("timed_out").asBoolean()
                            && !observed.path("executed").isEmpty()
                            && command.length() < 400) {
                        seeds.add(command);
                    }
                }
            }
        }
        return seeds;
    }

    private void compare(String text, JsonNode row) {
        List<Operation> operations =
                new Analyzer(DISK, Fixture.GUARDED)
                        .analyze(Fixture.command(text, "/w", Shell.BASH))
                        .operations();
        cut += row.path("timed_out").asBoolean() ? 1 : 0;
        boolean any = false;
        List<String> missed = new ArrayList<>();
        for (String kind : List.of("executed", "missing")) {
            for (JsonNode each : row.path(kind)) {
                any = true;
                List<String> argv = new ArrayList<>();
                each.path("argv").forEach(word -> argv.add(bytes(word.asText())));
                executed++;
                if (!listed(argv, each.path("exe").asText(), operations)) {
                    if (operations.stream().anyMatch(OracleComparison::runsFile)) {
                        inFiles++;
                        continue;
                    }
                    if (operations.stream().anyMatch(OracleComparison::onAnother)) {
                        onOthers++;
                        continue;
                    }
                    missed.add("runs " + argv);
                } else if (!placed(argv, each.path("cwd").asText(), operations)) {
                    missed.add("deletes in " + each.path("cwd").asText() + " " + argv);
                }
            }
        }
        ran += any ? 1 : 0;
        boolean unsure = operations.stream().anyMatch(Operation::opaque);
        if (unsure && any) {
            opaque++;
            Operation first =
                    operations.stream().filter(Operation::opaque).findFirst().orElseThrow();
            String reason = first.summary().replaceAll("`[^`]*`", "`…`");
            reasons.merge(reason, 1, Integer::sum);
            String shorter = examples.get(reason);
            if (shorter == null || text.length() < shorter.length()) {
                examples.put(reason, text);
            }
        } else if (!unsure) {
            missed.forEach(each -> misses.add(each + "\n    " + text.replace("\n", "\n    ")));
        }
    }

    /**
     * What stands in a file is not part of the text; that the file is run is said, and is no read.
     */
    private static boolean runsFile(Operation operation) {
        return operation.summary().startsWith("runs the file ")
                || operation.summary().contains("which the same call brought from the network");
    }

    /** What runs on another machine is one operation with the risk of the worst of it. */
    private static boolean onAnother(Operation operation) {
        return operation.risk().atLeast(RiskTier.MEDIUM)
                && (operation.summary().startsWith("works on another machine")
                        || operation.summary().startsWith("runs a command in a"));
    }

    /** The sandbox logs bytes. */
    private static String bytes(String latin) {
        return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static boolean listed(List<String> argv, String file, List<Operation> operations) {
        if (argv.isEmpty()) {
            return true;
        }
        String first = base(argv.getFirst());
        if ((first.equals("sh") || first.equals("bash"))
                && argv.size() > 2
                && argv.get(1).equals("-c")) {
            // A launcher's own way to run a text, which is observed itself.
            return true;
        }
        if (argv.getFirst().equals("COPROC")) {
            // In $(..) bash 5.2 reads `coproc cat` again as `coproc COPROC cat`.
            return true;
        }
        List<String> real = new ArrayList<>(argv);
        real.set(0, file.isEmpty() ? argv.getFirst() : file);
        for (Operation operation : operations) {
            CommandLine line = operation.command();
            while (line != null) {
                List<Argument> words = new ArrayList<>(line.words());
                for (CommandLine outer = line.wrapper(); ; outer = outer.wrapper()) {
                    if (matches(words, argv) || matches(words, real)) {
                        return true;
                    }
                    if (outer == null) {
                        break;
                    }
                    words.addAll(0, outer.words());
                }
                line = line.wrapper();
            }
        }
        return false;
    }

    private static boolean matches(List<Argument> words, List<String> argv) {
        if (words.isEmpty()) {
            return false;
        }
        String program = words.getFirst().value();
        return program != null
                && base(program).equals(base(argv.getFirst()))
                && rest(words, 1, argv, 1);
    }

    /** Unknown words and patterns stand for any number of words. */
    private static boolean rest(List<Argument> words, int i, List<String> argv, int j) {
        if (i == words.size()) {
            return j == argv.size();
        }
        Argument word = words.get(i);
        if (word.value() == null || word.glob()) {
            for (int k = j; k <= argv.size(); k++) {
                if (rest(words, i + 1, argv, k)) {
                    return true;
                }
            }
            return false;
        }
        return j < argv.size()
                && plain(word.value()).equals(plain(argv.get(j)))
                && rest(words, i + 1, argv, j + 1);
    }

    /** The number of a pipe that stands for a file is of no account. */
    private static String plain(String word) {
        return word.startsWith("/dev/fd/6") ? "/dev/fd/6" : word;
    }

    private static String base(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Whether what a plain {@code rm} deletes is among the paths said to be deleted. */
    private boolean placed(List<String> argv, String directory, List<Operation> operations) {
        if (!base(argv.getFirst()).equals("rm")
                || argv.size() != 2
                || !argv.get(1).matches("[a-z0-9]+")) {
            return true;
        }
        places++;
        String path = directory + (directory.equals("/") ? "" : "/") + argv.get(1);
        return operations.stream()
                .filter(o -> o.action() == Action.FILE_DELETE)
                .anyMatch(o ->
                        o.opaque()
                                || (o.resource() instanceof Resource.Path p
                                        && (p.written() == null
                                                || p.written().equals(path)
                                                || p.written().indexOf('*') >= 0)));
    }

    private void report(PrintStream out, long seed, int count, int missing) {
        misses.stream().limit(MOST_SHOWN).forEach(each -> out.println("not ok " + each));
        if (missing > 0) {
            out.println("not ok " + missing + " texts were not run");
        }
        Map<String, Integer> sorted = new LinkedHashMap<>();
        reasons.entrySet().stream()
                .sorted((a, b) -> b.getValue() - a.getValue())
                .limit(40)
                .forEach(each -> sorted.put(each.getKey(), each.getValue()));
        sorted.forEach((reason, times) ->
                out.println(
                        "opaque "
                                + times
                                + ": "
                                + reason
                                + "\n    "
                                + examples.getOrDefault(reason, "").replace("\n", "\n    ")));
        out.println(
                (misses.isEmpty() && missing == 0 ? "ok " : "not ok ")
                        + count
                        + " texts of seed "
                        + seed
                        + ": "
                        + ran
                        + " ran something, "
                        + executed
                        + " commands and "
                        + places
                        + " places compared, "
                        + misses.size()
                        + " missed, "
                        + inFiles
                        + " in files that are said to be run, "
                        + onOthers
                        + " on machines that are said to be worked on; opaque "
                        + String.format("%.1f", 100.0 * opaque / Math.max(1, ran))
                        + " % of those that ran; "
                        + cut
                        + " cut off");
    }
}
