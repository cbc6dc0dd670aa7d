package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every word of the pages stands in one file, and every line of the file on a page. */
final class TextsTest {
    private static final Path MAIN = Path.of("src/main");
    private static final Path PAGES = MAIN.resolve("jte");
    private static final Path WEB = MAIN.resolve("java/dev/countersign/web");
    private static final Path STATIC = MAIN.resolve("resources/dev/countersign/web");

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");
    private static final Pattern KEY = Pattern.compile("\"([a-z0-9.-]+)(?=\")");
    private static final Pattern CALL = Pattern.compile("\\b(say|html)\\(");
    private static final Pattern PLACE = Pattern.compile("\\{(\\d)}");

    /** Attributes that people read or hear. */
    private static final Pattern SPOKEN =
            Pattern.compile(
                    " (title|aria-label|placeholder|alt|label|data-head|data-label)=\"([^\"]*)\"");

    private static final Pattern WORD = Pattern.compile("[A-Za-z]");

    /** Two words after each other, one of which is longer than an initial. */
    private static final Pattern PROSE =
            Pattern.compile("[A-Za-z]{2,}[,.:;]? [A-Za-z]{2,}|^[A-Z][a-z]+([ .]|$)");

    /** What Java says to programs, to the log and to the ledger; nobody reads it on a page. */
    private static final Pattern NO_TEXT =
            Pattern.compile(
                    "^(countersign|claude) .*|.*\\(this is a bug\\)|.*charset=utf-8|Bash"
                            + "|default-src .*|.*-src 'self'.*|.*frame-ancestors.*"
                            + "|error in page |a sign-in by a provider failed"
                            + "|JWT before use time.*|Expired"
                            + "| is (not )?the account of | of the channel "
                            + "|is (not )?told.*|the built-in defaults changed|passed to "
                            + "|\\^?passed to .*|d MMM.*| --format json --out record.jsonl"
                            + "|.*git push --force.*|(value )?effect .*|mark risk-|uuuu-MM-dd HH:mm");

    private static Properties english() throws IOException {
        Properties lines = new Properties();
        try (Reader file = Files.newBufferedReader(STATIC.resolve("texts_en.properties"))) {
            lines.load(file);
        }
        return lines;
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    /** All code that says something: the templates and the classes that hand something to them. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        for (Path file : files(PAGES, ".jte")) {
            sources.put(file.getFileName().toString(), Files.readString(file));
        }
        for (Path file : files(WEB, ".java")) {
            if (!file.endsWith("Texts.java")) {
                sources.put(file.getFileName().toString(), withoutComments(Files.readString(file)));
            }
        }
        return sources;
    }

    private static String withoutComments(String java) {
        return Pattern.compile(
                        LITERAL.pattern() + "|'(?:[^'\\\\]|\\\\.)'|/\\*.*?\\*/|//[^\\n]*",
                        Pattern.DOTALL)
                .matcher(java)
                .replaceAll(found -> {
                    String text = found.group();
                    return text.startsWith("/")
                            ? ""
                            : text.startsWith("'") ? "' '" : Matcher.quoteReplacement(text);
                });
    }

    /** From an opening bracket past the one that closes it, whatever stands in texts between. */
    private static int past(String source, int from) {
        int depth = 0;
        for (int at = from; at < source.length(); at++) {
            char c = source.charAt(at);
            if (c == '"') {
                Matcher literal = LITERAL.matcher(source);
                at = literal.find(at) && literal.start() == at ? literal.end() - 1 : at;
            } else if (c == '\'' && source.startsWith("'", at + 2)) {
                at += 2;
            } else if (c == '(' || c == '{') {
                depth++;
            } else if ((c == ')' || c == '}') && --depth == 0) {
                return at + 1;
            }
        }
        throw new AssertionError("no end in " + source.substring(from));
    }

    /**
     * A place where a text is said.
     *
     * @param markup whether the text may hold some
     * @param keys of the text, or of those it chooses between
     * @param put how many things are put in
     */
    private record Call(String file, boolean markup, List<String> keys, int put) {
        static List<Call> in(String file, String source) {
            List<Call> calls = new ArrayList<>();
            Matcher call = CALL.matcher(source);
            while (call.find()) {
                int end = past(source, call.end() - 1);
                List<String> parts = parts(source.substring(call.end(), end - 1));
                List<String> keys =
                        LITERAL.matcher(parts.getFirst())
                                .results()
                                .map(literal -> literal.group(1))
                                .filter(key -> key.contains("."))
                                .toList();
                calls.add(new Call(file, call.group(1).equals("html"), keys, parts.size() - 1));
            }
            return calls;
        }

        private static List<String> parts(String arguments) {
            List<String> parts = new ArrayList<>();
            StringBuilder part = new StringBuilder();
            boolean content = false;
            for (int at = 0; at < arguments.length(); at++) {
                char c = arguments.charAt(at);
                if (c == '`') {
                    content = !content;
                } else if (content) {
                    // What is said within another text counts there.
                } else if (c == '(' || c == '{') {
                    int end = past(arguments, at);
                    part.append(arguments, at, end);
                    at = end - 1;
                } else if (c == '"') {
                    Matcher literal = LITERAL.matcher(arguments);
                    assertThat(literal.find(at)).isTrue();
                    part.append(literal.group());
                    at = literal.end() - 1;
                } else if (c == ',') {
                    parts.add(part.toString());
                    part.setLength(0);
                } else {
                    part.append(c);
                }
            }
            parts.add(part.toString());
            return parts;
        }
    }

    private static List<Call> calls() throws IOException {
        List<Call> calls = new ArrayList<>();
        sources().forEach((file, source) -> calls.addAll(Call.in(file, source)));
        return calls;
    }

    @Test
    void everyTextThatIsSaidIsThere() throws IOException {
        Set<String> there = english().stringPropertyNames();
        List<String> wrong = new ArrayList<>();
        for (Call call : calls()) {
            for (String key : call.keys()) {
                boolean counted = there.contains(key + ".one") && there.contains(key + ".other");
                if (there.contains(key) == counted) {
                    wrong.add(call.file() + " says " + key);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyTextThatIsThereIsSaid() throws IOException {
        Set<String> said =
                Stream.concat(sources().values().stream(), Stream.of(scripts()))
                        .flatMap(source -> KEY.matcher(source).results())
                        .map(key -> key.group(1))
                        .collect(Collectors.toSet());
        assertThat(
                        english().stringPropertyNames().stream()
                                .map(key -> key.replaceFirst("\\.(one|other)$", ""))
                                .map(key -> key.replaceFirst("^script\\.", ""))
                                .filter(key -> !said.contains(key)))
                .isEmpty();
    }

    @Test
    void whatIsPutInIsWhatATextHasPlacesFor() throws IOException {
        Properties english = english();
        List<String> wrong = new ArrayList<>();
        for (Call call : calls()) {
            for (String key : call.keys()) {
                boolean counted = english.containsKey(key + ".other");
                String line = english.getProperty(counted ? key + ".other" : key, "");
                Set<Integer> places =
                        PLACE.matcher(line)
                                .results()
                                .map(place -> Integer.parseInt(place.group(1)))
                                .collect(Collectors.toCollection(TreeSet::new));
                if (counted) {
                    places.add(0);
                }
                Set<Integer> put = new TreeSet<>();
                for (int i = 0; i < call.put(); i++) {
                    put.add(i);
                }
                if (!places.equals(put)) {
                    wrong.add(call.file() + " puts " + call.put() + " into " + key + ": " + line);
                }
                if (!call.markup() && line.matches(".*(</?[a-z]|&[a-z]+;).*")) {
                    wrong.add(call.file() + " says " + key + " without its markup");
                }
                if (call.markup() && line.matches(".*&(?!(amp|lt|gt|quot|ensp|#\\d+);).*")) {
                    wrong.add(key + " is HTML and holds a bare &");
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void noTemplateHoldsWordsOfItsOwn() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : files(PAGES, ".jte")) {
            String name = file.getFileName().toString();
            String template = Files.readString(file);
            literals(template)
                    .filter(PROSE.asPredicate().and(Predicate.not(NO_TEXT.asMatchPredicate())))
                    .forEach(text -> wrong.add(name + ": " + text));
            String bare = bare(template);
            SPOKEN.matcher(bare)
                    .results()
                    .filter(each -> WORD.matcher(each.group(2)).find())
                    .forEach(each -> wrong.add(name + ":" + each.group()));
            String text =
                    bare.replaceAll("(?s)<(code|pre|kbd|style|svg)\\b[^>]*>.*?</\\1>", "<>")
                            .replaceAll("(?s)<[^>]*>", "\n")
                            .replaceAll("&#?[a-z0-9]+;|\\bCountersign\\b", "");
            text.lines()
                    .filter(line -> WORD.matcher(line).find())
                    .forEach(line -> wrong.add(name + ": " + line.strip()));
        }
        assertThat(wrong).isEmpty();
    }

    /** A template without all that is said by code. */
    private static String bare(String template) {
        String text =
                template.replaceAll("(?m)^@(import|param) .*$", "")
                        .replaceAll("(?s)<%--.*?--%>", "");
        Pattern code =
                Pattern.compile(
                        "\\$(unsafe)?\\{|!\\{|@(if|elseif|for)\\(|@template\\.(?!layout)\\w+\\(");
        StringBuilder bare = new StringBuilder();
        int at = 0;
        Matcher next = code.matcher(text);
        while (next.find(at)) {
            bare.append(text, at, next.start());
            at = past(text, next.end() - 1);
        }
        return bare.append(text.substring(at))
                .toString()
                .replaceAll("@template\\.layout\\(.*", "")
                .replaceAll("@(else(?!if)|endif|endfor)", "");
    }

    private static Stream<String> literals(String template) {
        return Pattern.compile("\\$\\{|!\\{|@(?:if|elseif|for)\\(|@template\\.(?!layout)\\w+\\(")
                .matcher(template)
                .results()
                .map(MatchResult::end)
                .map(end -> template.substring(end, past(template, end - 1)))
                .flatMap(code -> LITERAL.matcher(code).results())
                .map(literal -> literal.group(1));
    }

    @Test
    void noClassHandsItsOwnWordsToAPage() throws IOException {
        List<String> wrong = new ArrayList<>();
        sources()
                .forEach((file, source) -> {
                    if (file.endsWith(".java")) {
                        LITERAL.matcher(source)
                                .results()
                                .map(literal -> literal.group(1))
                                .filter(text -> PROSE.matcher(text).find())
                                .filter(text -> !NO_TEXT.matcher(text).matches())
                                .forEach(text -> wrong.add(file + ": " + text));
                    }
                });
        assertThat(wrong).isEmpty();
    }

    /** Neither what is drawn beside something, nor what is chosen by what a page says. */
    @Test
    void noStyleHoldsWords() throws IOException {
        for (Path style : files(STATIC, ".css")) {
            assertThat(Files.readString(style))
                    .as(style.toString())
                    .doesNotContainPattern("content: *\"[^\"]*[A-Za-z]{2}")
                    .doesNotContainPattern(
                            "\\[(title|aria-label|placeholder|data-head|data-label)[*^$~|]?=");
        }
    }

    private static String scripts() throws IOException {
        return Files.readString(STATIC.resolve("app.js"))
                + Files.readString(STATIC.resolve("activity.js"))
                + Files.readString(Path.of("../tools/editor/editor.mjs"));
    }

    @Test
    void whatScriptsSayComesWithThePage() throws IOException {
        String scripts = scripts();
        Set<String> there = english().stringPropertyNames();
        List<String> wrong = new ArrayList<>();
        Matcher call = Pattern.compile("\\b(?:say|tell)\\(").matcher(scripts);
        while (call.find()) {
            LITERAL.matcher(scripts.substring(call.end(), past(scripts, call.end() - 1)))
                    .results()
                    .map(literal -> literal.group(1))
                    .filter(key -> !there.contains("script." + key))
                    .filter(key -> !key.contains("Error"))
                    .forEach(wrong::add);
        }
        LITERAL.matcher(withoutComments(scripts.replaceAll("/\\(\\?<comment>.*", "")))
                .results()
                .map(literal -> literal.group(1))
                .filter(text ->
                        Pattern.compile("^(?!.*var\\().*[a-z] [a-z]{2,} [a-z]")
                                .matcher(text)
                                .find())
                .forEach(wrong::add);
        assertThat(wrong).isEmpty();
    }

    @Test
    void whatIsPutInIsEscapedWhereItStands() {
        assertThat(Texts.say("agents.stopped")).isEqualTo("stopped");
        assertThat(drawn("\"><script>"))
                .isEqualTo(
                        "Passkeys need a host name: with one, sign in at <a"
                                + " href=\"&#34;>&lt;script>/sign-in\">\"&gt;&lt;script&gt;</a>.");
        assertThat(drawn("javascript:alert(1)")).doesNotContain("href=\"javascript:");
    }

    private static String drawn(String put) {
        StringOutput page = new StringOutput();
        Texts.html("signin.passkeys-need-a-host", put).writeTo(new OwaspHtmlTemplateOutput(page));
        return page.toString();
    }

    @Test
    void oneIsToldFromMany() {
        assertThat(Texts.say("file.waiting", 1)).isEqualTo("1 line waits");
        assertThat(Texts.say("file.waiting", 2L)).isEqualTo("2 lines wait");
        assertThat(Texts.say("file.waiting", 0)).isEqualTo("0 lines wait");
    }

    @Test
    void whoeverWantsALanguageThatIsNotThereReadsEnglish() {
        for (String wanted : List.of("", "xx", "de;q=x", "en;q=0, *", "a".repeat(300), "../../x")) {
            List<String> spoken = new ArrayList<>();
            Texts.in(wanted, () -> spoken.add(Texts.language() + Texts.say("agents.stopped")));
            assertThat(spoken).as(wanted).containsExactly("enstopped");
        }
    }
}
