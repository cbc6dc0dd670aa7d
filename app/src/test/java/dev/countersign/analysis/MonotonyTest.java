package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.countersign.analysis.cmd.CmdText;
import dev.countersign.analysis.powershell.PowerShellText;
import dev.countersign.analysis.shell.Evaluation;
import dev.countersign.analysis.shell.Invocation;
import dev.countersign.analysis.shell.ShellText;
import dev.countersign.call.Argument;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.Level;
import dev.countersign.policy.Policy;
import dev.countersign.policy.PolicyReader;
import dev.countersign.policy.PolicySnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Adding text never makes a command less dangerous, and neither does knowing less: what the whole
 * engine answers to the longer text is at least as strict.
 *
 * <p>What is added: a command in front or behind with {@code ;}, {@code &&}, {@code ||}, {@code |},
 * {@code &} or a new line; compound commands, substitutions, subshells and here-documents around;
 * what cuts a text off; comments; wrappers; an output redirection; blanks and continuations between
 * words. Not what is joined to a word, which makes another word, nor what makes data of a command,
 * as {@code echo} in front does. Of a text that gets others in front only those commands have to
 * stay as strict that still mean the same: {@link #meansTheSame} compares them one by one.
 *
 * <p>Properties as in {@link FuzzTest}: {@code countersign.monotony.seconds} and {@code .seed}.
 */
final class MonotonyTest {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final Instant NOW = Instant.parse("2026-03-27T10:00:00Z");
    private static final long SEED = Seeds.next("countersign.monotony.seed");
    private static final boolean LONG = Integer.getInteger("countersign.tries", 0) >= 10_000;

    /** A normal run never goes further than runs have gone before. */
    private static final int MOST_TEXTS = 2_500;

    private static final long SECONDS =
            Long.getLong(
                    "countersign.monotony.seconds",
                    Integer.getInteger("countersign.tries", 700) > 700 ? 60 : 6);
    private static final int MOST_SHOWN = Integer.getInteger("countersign.monotony.shown", 40);

    static final Map<String, PolicySnapshot> POLICIES =
            Map.of(
                    "defaults",
                    PolicySnapshot.of(List.of()),
                    "full",
                    snapshot("policy: p\nprofile: full-access\nautonomy: full\n"),
                    "own",
                    snapshot(
                            """
                            policy: p
                            profile: full-access
                            autonomy: full
                            rules:
                              - deny: {shell_run: "rm *"}
                              - deny: {shell_run: "git push *"}
                              - deny: {shell_run: "curl *"}
                              - deny: git_force_push
                              - deny: {tag: secret}
                              - deny: {risk: critical}
                              - ask: file_delete
                              - ask: {shell_run: "npm *"}
                              - ask: web_fetch
                            """));

    /** One line each: not for texts with here-documents, comments or several lines. */
    private static final List<String> ON_A_LINE =
            List.of(
                    "{c} ; {t}",
                    "{t} ; {c}",
                    "{c} && {t}",
                    "{t} && { {c}; }",
                    "{t} || { {c}; }",
                    "{c} | {t}",
                    "{t} | { {c}; }",
                    "{c} & {t}",
                    "( {c} )",
                    "{ {c}; }",
                    "if {t}; then {c}; fi",
                    "if {c}; then {t}; fi",
                    "for i in 1 2; do {c}; done",
                    "while {t}; do {c}; done",
                    "case x in x) {c};; esac",
                    "x=$( {c} )",
                    "echo \"$( {c} )\"",
                    "! {c}",
                    "{c} # {t}",
                    "{c} ; (",
                    "{c} ; '",
                    "{c} && \"",
                    "{c} ; if",
                    "{c} ; cat <<E",
                    "{c} ; $(",
                    "{c} ; }",
                    "{c} )",
                    "{c} ;; {t}",
                    "exit; {c}",
                    "return; {c}",
                    "false && { {c}; }",
                    "true || { {c}; }",
                    "{c} || exit",
                    "coproc { {c}; }",
                    "cat <( {c} )",
                    "trap '' INT; {c}",
                    "set -e; {c}",
                    "{c} 2>&1 | tail -5",
                    "{c} > /dev/null");

    private static final List<String> ON_LINES =
            List.of(
                    "{c}\n{t}",
                    "{t}\n{c}",
                    "(\n{c}\n)",
                    "{\n{c}\n}",
                    "if {t}\nthen\n{c}\nfi",
                    "for i in 1 2; do\n{c}\ndone",
                    "f() {\n{c}\n}; f",
                    "x=$(\n{c}\n)",
                    "echo \"$(\n{c}\n)\"",
                    "{c}\n(",
                    "{c}\n'",
                    "{c}\n\"",
                    "{c}\nif",
                    "{c}\ncat <<E",
                    "{c}\nfi",
                    "exit\n{c}",
                    "bash -c {q}",
                    "eval {q}",
                    "bash <<'E_N_D'\n{c}\nE_N_D",
                    "echo {q} | bash",
                    "timeout 5 bash -c {q}",
                    "env A=1 bash -c {q}",
                    "sudo bash -c {q}",
                    "# {l}\n{c}",
                    "\n\n{c}\n\n");

    /** In front of one simple command that is a program. */
    private static final List<String> WRAPPERS =
            List.of(
                    "timeout 5 {c}",
                    "env {c}",
                    "env -i A=1 {c}",
                    "nohup {c}",
                    "nice -n 5 {c}",
                    "time {c}",
                    "command {c}",
                    "exec {c}",
                    "stdbuf -oL {c}",
                    "setsid {c}",
                    "timeout -k 1 5 nice env {c}",
                    "\\{c}",
                    "A=1 {c}",
                    "sudo {c}");

    /** In PowerShell. */
    private static final List<String> POWERSHELL =
            List.of(
                    "{c}; {t}",
                    "{t}; {c}",
                    "{c} && {t}",
                    "{c} || {t}",
                    "{c} | {t}",
                    "{c}\n{t}",
                    "{t}\n{c}",
                    "{c} | Out-Null",
                    "{c} | Select-Object -First 1",
                    "{c} > zz_out",
                    "{c} 2>$null",
                    "{c} # {l}",
                    "{c}; '",
                    "{c}; \"",
                    "{c}; (",
                    "{c}; {",
                    "{c}; @'",
                    "\n{c}\n",
                    "if ($true) { {c} }",
                    "& { {c} }",
                    "$zz = $( {c} )",
                    "foreach ($i in 1..2) { {c} }",
                    "try { {c} } catch { }");

    /** In cmd. */
    private static final List<String> CMD =
            List.of(
                    "{c} & {t}",
                    "{t} & {c}",
                    "{c} && {t}",
                    "{c} || {t}",
                    "{c} | {t}",
                    "( {c} )",
                    "{c} > zz_out",
                    "{c} 2> NUL",
                    "@{c}",
                    "{c} & (",
                    "{c} & \"",
                    "if exist x {c}",
                    "for %i in (1 2) do {c}");

    /** Bodies of here-documents that hold a text. */
    private static final Pattern CONTINUED = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\\\n");

    private static final List<String> BODIES =
            List.of(
                    "cat <<E_N_D\n$(\n{c}\n)\nE_N_D",
                    "cat <<E_N_D\nbefore $(\n{c}\n) after\nE_N_D\n{t}",
                    "cat <<-E_N_D > zz_out\n\t$(\n{c}\n)\n\tE_N_D",
                    "bash <<'E_N_D'\n{c}\n{t}\nE_N_D",
                    "bash <<'E_N_D'\n{t}\n{c}\nE_N_D",
                    "bash -s x <<'E_N_D'\n{c}\nE_N_D",
                    "cat <<'E_N_D' | bash\n{c}\n{t}\nE_N_D",
                    "cat <<'A_A'; bash <<'E_N_D'\nprose\nA_A\n{c}\nE_N_D",
                    "bash <<'E_N_D' > zz_out 2>&1\n{c}\nE_N_D",
                    "sudo bash <<'E_N_D'\n{c}\nE_N_D",
                    "bash <<'E_N_D'\nif true; then\n{c}\nfi\nE_N_D",
                    "bash <<'E_N_D'\ncat <<'F_F'\nprose\nF_F\n{c}\nE_N_D");

    /** Behind one simple command. */
    private static final List<String> REDIRECTIONS =
            List.of(
                    "{c} > zz_out",
                    "{c} >> zz_out",
                    "{c} 2> zz_err",
                    "{c} &> zz_out",
                    "> zz_out {c}");

    private static final List<String> SHAPES =
            List.of(
                    "{c}; {c}",
                    "{c} && {c}",
                    "{c} | {c}",
                    "( {c} )",
                    "if {c}; then {c}; fi",
                    "x=$( {c} )",
                    "echo \"$( {c} )\"",
                    "for i in $( {c} ); do {c}; done",
                    "case $( {c} ) in x) {c};; *) {c};; esac",
                    "{ {c}; } > f",
                    "f() { {c}; }; f",
                    "cat <( {c} )",
                    "{ ! {c}; }",
                    "while {c}; do {c}; done",
                    "{c} & {c}",
                    "echo ${x:-$( {c} )}",
                    "[[ -n $( {c} ) ]] && {c}",
                    "coproc { {c}; }",
                    "x=`zz`; {c}",
                    "{c} || {c}\n{c}",
                    "cat <<E@\n$( {c} )\nE@\n{c}",
                    "{ time {c}; }",
                    "a[$( {c} )]=1",
                    "echo $(( 1 + $( {c} ) ))",
                    "{c} <<< \"$( {c} )\"");

    private static final Pattern NAME = Pattern.compile("zz\\d+(?!\\d)(?=[ ;\\n)])");

    /** What is known to be missing makes these stricter: it would be fetched or made. */
    private static final Pattern MISSED = Pattern.compile("npx|bunx|require\\(|git (apply|am)");

    private static final Pattern HOLE = Pattern.compile("\\{[qltc]}");

    /** Definitions end with their shell, so that what was not called there never is. */
    private static final Pattern DEFINES =
            Pattern.compile("\\(\\s*\\)|\\b(function|alias|trap)\\b");

    private static final Set<String> BUILTINS =
            Set.of(
                    ".",
                    ":",
                    "[",
                    "alias",
                    "bg",
                    "bind",
                    "break",
                    "builtin",
                    "caller",
                    "cd",
                    "command",
                    "compgen",
                    "complete",
                    "continue",
                    "declare",
                    "dirs",
                    "disown",
                    "echo",
                    "enable",
                    "eval",
                    "exec",
                    "exit",
                    "export",
                    "false",
                    "fc",
                    "fg",
                    "getopts",
                    "hash",
                    "help",
                    "history",
                    "jobs",
                    "kill",
                    "let",
                    "local",
                    "logout",
                    "mapfile",
                    "popd",
                    "printf",
                    "pushd",
                    "pwd",
                    "read",
                    "readarray",
                    "readonly",
                    "return",
                    "set",
                    "shift",
                    "shopt",
                    "source",
                    "suspend",
                    "test",
                    "times",
                    "trap",
                    "true",
                    "type",
                    "typeset",
                    "ulimit",
                    "umask",
                    "unalias",
                    "unset",
                    "wait",
                    "time",
                    "coproc",
                    "!",
                    "[[",
                    "noglob",
                    "nocorrect",
                    "setopt",
                    "print");

    private final Facts disk = Everyday.disk();
    private final List<String> texts = Texts.all();
    private final Random random = new Random(SEED);
    private final Mutator mutator = new Mutator(random, texts);

    private static PolicySnapshot snapshot(String text) {
        PolicyReader.Result read = PolicyReader.read("p.yaml", text, Level.PROJECT, true);
        assertThat(read.policy()).as(read.problems().toString()).isPresent();
        List<Policy> documents = List.of(read.policy().orElseThrow());
        return PolicySnapshot.of(documents);
    }

    /** The effect under each policy. */
    private static Map<String, Effect> effects(String command, Facts facts) {
        return effects(command, facts, Shell.BASH);
    }

    private static Map<String, Effect> effects(String command, Facts facts, Shell shell) {
        ToolCall call = Fixture.command(command, "/w", shell);
        Analysis analysis = new Analyzer(facts, Fixture.GUARDED).analyze(call);
        Map<String, Effect> effects = new LinkedHashMap<>();
        POLICIES.forEach((name, policy) ->
                effects.put(name, Evaluator.evaluate(policy, call, analysis, NOW).effect()));
        return effects;
    }

    private static Optional<String> looser(
            String what, Map<String, Effect> before, Map<String, Effect> after) {
        String worse =
                before.entrySet().stream()
                        .filter(e -> e.getValue().compareTo(after.get(e.getKey())) > 0)
                        .map(e -> e.getKey() + " " + e.getValue() + "→" + after.get(e.getKey()))
                        .sorted()
                        .collect(Collectors.joining(", "));
        return worse.isEmpty() ? Optional.empty() : Optional.of(worse + "  " + what);
    }

    private static Evaluation evaluation(String text) {
        Context context = Fixture.context("/w", Shell.BASH);
        return ShellText.evaluate(text, context);
    }

    /** Whether a command on the next line would be one, whatever stands around the two. */
    private static boolean whole(String text) {
        return ends("{\n" + text + "\nzz_end\n}\nzz_last", text)
                && ends("(\n" + text + "\nzz_end\n)\nzz_last", text);
    }

    private static boolean wholeOnALine(String text) {
        return ends("{ " + text + " ; zz_end; }; zz_last", text)
                && ends("( " + text + " ; zz_end ); zz_last", text);
    }

    private static boolean ends(String text, String alone) {
        Evaluation evaluation = evaluation(text);
        if (evaluation.unknowns().size() != evaluation(alone).unknowns().size()) {
            return false;
        }
        int found = 0;
        for (Invocation each : evaluation.invocations()) {
            String name = each.argv().isEmpty() ? null : each.argv().getFirst().value();
            boolean here =
                    each.argv().size() == 1
                            && each.assignments().isEmpty()
                            && ("zz_end".equals(name) || "zz_last".equals(name));
            found += here ? 1 : 0;
        }
        return found >= 2;
    }

    private static boolean simple(String text) {
        Evaluation found = evaluation(text);
        if (!found.unknowns().isEmpty() || found.invocations().size() != 1) {
            return false;
        }
        Invocation only = found.invocations().getFirst();
        String name = only.argv().isEmpty() ? null : only.argv().getFirst().value();
        return name != null
                && !BUILTINS.contains(name)
                // Behind a wrapper such a word is one of its options and names no program any more.
                && !name.startsWith("-")
                && !only.local()
                && only.assignments().isEmpty()
                && only.source().from() == 0
                && only.argv().getFirst().source().from() == 0
                && only.argv().getFirst().source().to() > 0
                && text.startsWith(name);
    }

    private String pick(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String other() {
        return random.nextInt(3) == 0 ? mutator.text() : pick(texts);
    }

    private void each(
            String what, BiFunction<String, Map<String, Effect>, Optional<String>> check) {
        long end = System.nanoTime() + SECONDS * 1_000_000_000L;
        List<String> found = new ArrayList<>();
        int count = 0;
        while ((LONG || count < MOST_TEXTS)
                && System.nanoTime() < end
                && found.size() < MOST_SHOWN) {
            String text = random.nextInt(4) == 0 ? mutator.text() : pick(texts);
            if (text.isBlank() || text.length() > 4_000) {
                continue;
            }
            count++;
            check.apply(text, effects(text, disk)).ifPresent(found::add);
        }
        System.out.println("MonotonyTest: " + what + " " + count + " texts, seed " + SEED);
        assertThat(found).as("seed " + SEED).isEmpty();
        assertThat(count).isGreaterThan(100);
    }

    /** Tries a longer text with {@code c} in it. */
    private Optional<String> tried(
            String template, String c, String t, Map<String, Effect> before) {
        return tried(template, c, t, before, Shell.BASH);
    }

    private Optional<String> tried(
            String template, String c, String t, Map<String, Effect> before, Shell shell) {
        String longer =
                HOLE.matcher(template)
                        .replaceAll(hole ->
                                Matcher.quoteReplacement(
                                        switch (hole.group()) {
                                            case "{q}" -> CodeCommands.quote(c);
                                            case "{l}" -> t.replaceAll("[\\r\\n]", " ");
                                            case "{t}" -> t;
                                            default -> c;
                                        }));
        if (longer.length() > 30_000) {
            return Optional.empty();
        }
        return looser(
                        shown(c) + "\n  in " + template + " with " + shown(t),
                        before,
                        effects(longer, disk, shell))
                .filter(_ -> shell != Shell.BASH || meansTheSame(template, c, longer));
    }

    /** As it stands in a case file. */
    private static String shown(String text) {
        try {
            return JSON.writeValueAsString(text);
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    private static boolean inFront(String template) {
        int t = template.indexOf("{t}");
        return t >= 0 && t < template.indexOf("{c}");
    }

    /**
     * Whether every command of {@code c} is still the same one within a longer text: its words,
     * where it runs, what is handed to it and where its input comes from. One that is no longer
     * found at all counts as the same, so that the longer text has to answer for it.
     */
    private static boolean meansTheSame(String template, String c, String longer) {
        int from = template.startsWith("{c}") ? 0 : longer.lastIndexOf(c);
        if (from < 0) {
            return true;
        }
        Evaluation alone = evaluation(c);
        Evaluation within = evaluation(longer);
        for (Invocation each : alone.invocations()) {
            boolean same = false;
            boolean found = false;
            for (Invocation other : within.invocations()) {
                if (other.source().from() - from == each.source().from()
                        && other.source().to() - from == each.source().to()) {
                    found = true;
                    same |= same(each, other);
                }
            }
            if (found && !same) {
                return false;
            }
            if (!found && DEFINES.matcher(c).find()) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(Invocation one, Invocation other) {
        return words(one).equals(words(other))
                && Objects.equals(one.directory(), other.directory())
                && one.local() == other.local()
                && one.input().getClass().equals(other.input().getClass())
                && settings(one).equals(settings(other));
    }

    private static List<String> words(Invocation invocation) {
        return invocation.argv().stream()
                .map(word -> word.value() + (word.glob() ? "*" : ""))
                .toList();
    }

    private static List<String> settings(Invocation invocation) {
        return invocation.assignments().stream().map(a -> a.name() + "=" + a.value()).toList();
    }

    /** Whether a text goes to a folder itself: from another one it arrives somewhere else. */
    private static boolean goes(String c) {
        return evaluation(c).invocations().stream()
                .anyMatch(each -> !"/w".equals(each.directory()) || !each.elsewhere().isEmpty());
    }

    @Test
    void bodiesOfHereDocuments() {
        each(
                "bodies",
                (c, before) -> {
                    String t = other();
                    if (!whole(c) || !whole(t) || t.isBlank()) {
                        return Optional.empty();
                    }
                    if (c.contains("$_")) {
                        // Behind a command of which it is known what it ends in, it is that.
                        return Optional.empty();
                    }
                    String template = pick(BODIES);
                    String read = template.contains("<<'") ? c : joined(c);
                    return tried(template, c, t, read.equals(c) ? before : effects(read, disk));
                });
    }

    /**
     * What bash reads of a body that it expands: it joins continued lines first, so that a comment
     * which ends in a backslash goes on in the next line. Seen with bash 5.2.
     */
    private static String joined(String body) {
        return CONTINUED.matcher(body).replaceAll("$1");
    }

    @Test
    void anotherRedirection() {
        each(
                "redirected",
                (c, before) ->
                        simple(c) ? tried(pick(REDIRECTIONS), c, "", before) : Optional.empty());
    }

    @Test
    void moreInPowerShell() {
        foreign("PowerShell", Shell.PWSH, "; zz_end", POWERSHELL);
    }

    @Test
    void moreInCmd() {
        foreign("cmd", Shell.CMD, " & zz_end", CMD);
    }

    private void foreign(String name, Shell shell, String end, List<String> templates) {
        List<String> own = Texts.cases(shell.wire());
        Mutator near = new Mutator(random, own);
        each(
                name,
                (_, _) -> {
                    String c = random.nextInt(3) == 0 ? near.text() : pick(own);
                    String t = pick(own);
                    if (c.length() > 4_000
                            // What goes on with the next line is not whole.
                            || c.matches("(?s).*[|&,`^]\\s*")
                            || !ends(c, end, shell)
                            || !ends(t, end, shell)
                            || moves(t, shell, end)) {
                        return Optional.empty();
                    }
                    return tried(pick(templates), c, t, effects(c, disk, shell), shell);
                });
    }

    private static List<Invocation> found(String text, Shell shell) {
        Context context = Fixture.context("/w", shell);
        return shell == Shell.PWSH
                ? PowerShellText.evaluate(text, context).invocations()
                : CmdText.evaluate(text, context).invocations();
    }

    /** Whether a command behind a text is one of its own. */
    private static boolean ends(String text, String end, Shell shell) {
        List<Invocation> found = found(text + end, shell);
        return !text.isBlank()
                && found.size() > 1
                && words(found.getLast()).equals(List.of("zz_end"));
    }

    private static boolean moves(String text, Shell shell, String end) {
        Invocation last = found(text + end, shell).getLast();
        return !"/w".equals(last.directory()) || !last.elsewhere().isEmpty();
    }

    @Test
    void moreOnTheSameLine() {
        each(
                "on a line",
                (c, before) -> {
                    if (c.contains("\n")
                            || c.contains("<<")
                            || c.contains("#")
                            || !wholeOnALine(c)) {
                        return Optional.empty();
                    }
                    String template = pick(ON_A_LINE);
                    String t = other();
                    if (inFront(template)
                            && (t.isBlank()
                                    || t.contains("\n")
                                    || t.contains("<<")
                                    || t.contains("#")
                                    || !wholeOnALine(t))) {
                        return Optional.empty();
                    }
                    return tried(template, c, t, before);
                });
    }

    @Test
    void moreOnOtherLines() {
        each(
                "on lines",
                (c, before) -> {
                    if (!whole(c)) {
                        return Optional.empty();
                    }
                    String template = pick(ON_LINES);
                    if (template.contains("-c {q}") && (c.startsWith("-") || c.startsWith("+"))) {
                        // To bash such a text is an option, and nothing of it runs.
                        return Optional.empty();
                    }
                    if (template.contains("| bash") && c.contains("xargs")) {
                        // What it reads there is the text itself, which is known.
                        return Optional.empty();
                    }
                    String t = other();
                    if (inFront(template) && (t.isBlank() || !whole(t))) {
                        return Optional.empty();
                    }
                    return tried(template, c, t, before);
                });
    }

    @Test
    void wrappersInFront() {
        each(
                "wrapped",
                (c, before) -> simple(c) ? tried(pick(WRAPPERS), c, "", before) : Optional.empty());
    }

    @Test
    void blanksAndContinuationsBetweenWords() {
        each(
                "blanks",
                (c, before) -> {
                    List<Invocation> found = evaluation(c).invocations();
                    if (found.size() != 1) {
                        return Optional.empty();
                    }
                    StringBuilder longer = new StringBuilder(c);
                    int last = c.length() + 1;
                    for (Argument word : found.getFirst().argv().reversed()) {
                        Span at = word.source();
                        boolean apart =
                                at.from() > 0
                                        && at.to() < last
                                        && at.from() < at.to()
                                        && c.charAt(at.from() - 1) == ' ';
                        if (apart) {
                            longer.insert(
                                    at.from(), pick(List.of(" ", "\t", "\\\n", "  \\\n \\\n ")));
                            last = at.from();
                        }
                    }
                    return looser(
                            shown(c) + "\n  as " + shown(longer.toString()),
                            before,
                            effects(longer.toString(), disk));
                });
    }

    @Test
    void aCutInsideQuotesIsNeverAllowed() {
        each(
                "cut",
                (c, before) -> {
                    String cut = c.substring(0, random.nextInt(c.length() + 1));
                    if (!openQuote(cut)) {
                        return Optional.empty();
                    }
                    Map<String, Effect> after = effects(cut, disk);
                    return after.containsValue(Effect.ALLOW)
                            ? Optional.of(shown(cut) + " " + after)
                            : Optional.empty();
                });
    }

    /** A plain reading of quotes, for texts with nothing else that could open or close one. */
    private static boolean openQuote(String text) {
        if (text.matches("(?s).*([$`#(]|<<).*")) {
            return false;
        }
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote != '\'') {
                i++;
            } else if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else if (quote == c) {
                quote = 0;
            }
        }
        return quote != 0;
    }

    @Test
    void noCommandWordIsLost() {
        for (int i = 0; i < 4_000; i++) {
            int[] names = new int[1];
            String text = composed(1 + random.nextInt(4), names);
            boolean cut = random.nextInt(3) == 0;
            if (cut) {
                text = text.substring(0, random.nextInt(text.length() + 1));
            }
            List<Operation> operations = Fixture.operations(text);
            Matcher name = NAME.matcher(text);
            while (name.find()) {
                int from = name.start();
                int to = name.end();
                assertThat(operations)
                        .as(text + " keeps " + name.group() + ", seed " + SEED)
                        .anyMatch(o ->
                                (cut && o.opaque())
                                        || (o.source().from() <= from && o.source().to() >= to));
            }
        }
    }

    private String composed(int depth, int[] names) {
        if (depth == 0) {
            return "zz" + names[0]++ + pick(List.of("", " a", " -x 'b c'", " > f", " \"$y\""));
        }
        return HOLE.matcher(pick(SHAPES).replace("@", "_" + names[0]++))
                .replaceAll(_ -> Matcher.quoteReplacement(composed(depth - 1, names)));
    }

    @Test
    void knowingLessOfTheDiskNeverMakesItMilder() {
        Facts seen = new Disk(Map.of("/w/zz_file", "x", "/home/u/zz_file", "x"), Map.of());
        each(
                "no facts",
                (c, _) ->
                        MISSED.matcher(c).find()
                                ? Optional.empty()
                                : looser(shown(c), effects(c, seen), effects(c, Facts.NONE)));
    }

    @Test
    void anUnknownDirectoryIsNoMilderThanTheWorkspace() {
        each(
                "unknown directory",
                (c, before) -> {
                    if (!whole(c) || goes(c)) {
                        return Optional.empty();
                    }
                    return looser(shown(c), before, effects("cd \"$ZZ\"\n" + c, disk));
                });
    }
}
