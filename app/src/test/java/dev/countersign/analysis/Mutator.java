package dev.countersign.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes new texts and inputs out of known ones. The same random numbers make the same ones. */
final class Mutator {
    /** Longer texts are cut. */
    static final int LONGEST = 12_000;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final Pattern TOKEN =
            Pattern.compile("\\s+|[\\w./~-]+|[^\\w\\s]", Pattern.DOTALL);

    private static final List<String> PIECES =
            List.of(
                    "$(",
                    ")",
                    "${",
                    "}",
                    "$((",
                    "))",
                    "`",
                    "'",
                    "\"",
                    "\\",
                    "\n",
                    "\\\n",
                    "{",
                    "(",
                    "[[ ",
                    " ]]",
                    "<<E\n",
                    "\nE\n",
                    "<<<",
                    "<(",
                    ">(",
                    ">",
                    ">>",
                    "<",
                    "2>&1",
                    "&&",
                    "||",
                    "|",
                    "|&",
                    "&",
                    ";",
                    ";;",
                    "if ",
                    " then ",
                    " fi",
                    "for i in ",
                    " do ",
                    " done",
                    "case a in ",
                    " esac",
                    "f() ",
                    "eval ",
                    "a=",
                    "$a",
                    "${a:-",
                    "${a//",
                    "$'\\x",
                    "$\"",
                    "{a,b}",
                    "{1..9}",
                    "~",
                    "~+",
                    "*",
                    "?",
                    "[a-z]",
                    "!",
                    "#",
                    "@",
                    "%",
                    "=",
                    ":",
                    "cd .. ",
                    "trap ",
                    "alias a=",
                    "export A=",
                    "unset ",
                    "set -- ",
                    "IFS=",
                    "exec ",
                    "coproc ",
                    "time ",
                    "((",
                    "rm -rf ",
                    "sudo ",
                    "bash -c ",
                    "sh <<E\n",
                    "python3 -c ",
                    "node -e ",
                    "perl -e ",
                    "awk ",
                    "sed ",
                    "find . -exec ",
                    "xargs ",
                    "git -c ",
                    "-",
                    "--",
                    " -e ",
                    "/dev/tcp/",
                    "\u0000",
                    "\r",
                    "\t",
                    "\u000b",
                    "\u001b[31m",
                    "\u0085",
                    "\u00a0",
                    "\u00e9",
                    "e\u0301",
                    "\u2028",
                    "\u202e",
                    "\u200b",
                    "\u2060",
                    "\ufeff",
                    "\ufffd",
                    "\uff1b",
                    "\u037e",
                    "\ud83d\ude80",
                    "\ud800",
                    "\udfff",
                    "\uffff",
                    "\u0130",
                    "\u017f",
                    "\u212a");

    /** Ways to stand around a text, with {@code {t}} for it. */
    private static final List<String> NESTS =
            List.of(
                    "$({t})",
                    "\"$({t})\"",
                    "`{t}`",
                    "({t})",
                    "{ {t}; }",
                    "if {t}; then {t}; fi",
                    "for i in {t}; do {t}; done",
                    "while {t}; do {t}; done",
                    "f() { {t}; }; f",
                    "eval '{t}'",
                    "bash -c '{t}'",
                    "sh -c \"{t}\"",
                    "env {t}",
                    "timeout 5 {t}",
                    "xargs {t}",
                    "cat <<E\n{t}\nE\n",
                    "bash <<'E'\n{t}\nE\n",
                    "x=$({t})",
                    "$(({t}))",
                    "${x:-{t}}",
                    "[[ {t} ]]",
                    "case {t} in {t}) {t};; esac",
                    "<({t})",
                    "{t} | {t}",
                    "! {t}",
                    "trap '{t}' EXIT",
                    "python3 -c '{t}'",
                    "node -e '{t}'",
                    "ssh host '{t}'",
                    "find . -exec {t} \\;",
                    "git -c alias.x='!{t}' x",
                    "awk '{t}'",
                    "sed '{t}'",
                    "psql -c '{t}'",
                    "pwsh -c '{t}'",
                    "cmd /c {t}",
                    "if ($true) { {t} }",
                    "& { {t} }",
                    "for %i in ({t}) do {t}");

    private static final List<String> FIELDS =
            List.of(
                    "command",
                    "cmd",
                    "commands",
                    "args",
                    "cwd",
                    "workdir",
                    "directory",
                    "dir_path",
                    "file_path",
                    "filePath",
                    "path",
                    "paths",
                    "absolute_path",
                    "notebook_path",
                    "content",
                    "contents",
                    "old_string",
                    "new_string",
                    "oldString",
                    "newString",
                    "old_str",
                    "new_str",
                    "file_text",
                    "edits",
                    "patch",
                    "patchText",
                    "input",
                    "insert_line",
                    "view_range",
                    "url",
                    "urls",
                    "prompt",
                    "query",
                    "pattern",
                    "glob",
                    "include",
                    "arguments",
                    "tool_name",
                    "server_name",
                    "uri",
                    "files",
                    "requests",
                    "timeout",
                    "background",
                    "description",
                    "todos",
                    "questions",
                    "name",
                    "id",
                    "method",
                    "sql",
                    "host",
                    "branch",
                    "to",
                    "subject",
                    "body");

    private static final List<String> PATCHES =
            List.of(
                    "*** Begin Patch\n*** Update File: a.txt\n@@\n-a\n+b\n*** End Patch",
                    "*** Begin Patch\n*** Add File: b/c.py\n+import os\n*** End Patch",
                    "*** Begin Patch\n*** Delete File: ../x\n*** Move to: y\n*** End Patch",
                    "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n",
                    "diff --git a/x b/y\nrename from x\nrename to y\n",
                    "--- /dev/null\n+++ b/.env\n@@ -0,0 +1 @@\n+A=1\n");

    private static final List<String> PATHS =
            List.of(
                    "a.txt",
                    "/w/a",
                    "../x",
                    "~/.ssh/id_rsa",
                    "~",
                    "/",
                    "",
                    ".",
                    "..",
                    "/w/../etc/x",
                    "C:\\x\\y",
                    "\\\\?\\C:\\x",
                    "//server/share",
                    "file:///w/x",
                    "http://x/y?q=1",
                    "https://[::1]:80/",
                    "https://user@host:99999/",
                    "/proc/self/root/x",
                    "/dev/fd/3",
                    ".env",
                    ".git/hooks/pre-commit",
                    ".claude/settings.json",
                    "package.json",
                    "*",
                    "{a,b}/**",
                    "[",
                    "a\u0000b",
                    "a\nb",
                    "\u202ea",
                    "https://%zz/",
                    "https://x:y/",
                    "http://0x7f.1/",
                    "https://\u00fc.example/");

    private final Random random;
    private final List<String> seeds;

    Mutator(Random random, List<String> seeds) {
        this.random = random;
        this.seeds = seeds;
    }

    private String pick(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** A text near one or two of the seeds. */
    String text() {
        String text = pick(seeds);
        int rounds = 1 + random.nextInt(1 + random.nextInt(6));
        for (int i = 0; i < rounds; i++) {
            text = round(text);
            if (text.length() > LONGEST) {
                text = text.substring(0, LONGEST);
            }
        }
        return text;
    }

    private String round(String text) {
        int length = text.length();
        int at = random.nextInt(length + 1);
        int to = at + random.nextInt(1 + Math.min(length - at, 1 << random.nextInt(8)));
        return switch (random.nextInt(16)) {
            case 0, 1 -> text.substring(0, at) + pick(PIECES) + text.substring(at);
            case 2 -> text.substring(0, at) + text.substring(to);
            case 3 -> text.substring(0, at) + pick(PIECES) + text.substring(to);
            case 4 -> text.substring(0, to) + text.substring(at);
            case 5 -> text.substring(0, at);
            case 6 -> text.substring(at);
            case 7 -> {
                String other = pick(seeds);
                yield text.substring(0, at) + other.substring(random.nextInt(other.length() + 1));
            }
            case 8 -> {
                String other = pick(seeds);
                yield text.substring(0, at) + other + text.substring(at);
            }
            case 9 -> tokens(text);
            case 10 -> nested(text, 1);
            case 11 ->
                    random.nextInt(6) == 0 ? nested(text, 2 + random.nextInt(30)) : nested(text, 2);
            case 12 -> {
                String unit = at == to ? pick(PIECES) : text.substring(at, to);
                int times =
                        random.nextInt(8) > 0
                                ? 1 + random.nextInt(6)
                                : 1 + random.nextInt(1 + LONGEST / unit.length());
                yield text.substring(0, at) + unit.repeat(times) + text.substring(to);
            }
            case 13 -> {
                if (length == 0) {
                    yield text;
                }
                char c =
                        (char)
                                (random.nextInt(4) == 0
                                        ? random.nextInt(0x10000)
                                        : random.nextInt(128));
                int one = Math.min(at, length - 1);
                yield text.substring(0, one) + c + text.substring(one + 1);
            }
            case 14 -> text + pick(List.of("; ", "\n", " && ", " | ", " & ", " ")) + pick(seeds);
            default -> text.substring(0, at) + pick(PATHS) + text.substring(at);
        };
    }

    /** Tokens dropped, doubled, swapped, or taken from another text. */
    private String tokens(String text) {
        List<String> tokens = cut(text);
        List<String> others = cut(pick(seeds));
        if (tokens.isEmpty() || others.isEmpty()) {
            return text;
        }
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes && !tokens.isEmpty(); i++) {
            int at = random.nextInt(tokens.size());
            switch (random.nextInt(4)) {
                case 0 -> tokens.remove(at);
                case 1 -> tokens.add(at, tokens.get(random.nextInt(tokens.size())));
                case 2 -> tokens.set(at, others.get(random.nextInt(others.size())));
                default -> {
                    int other = random.nextInt(tokens.size());
                    String one = tokens.get(at);
                    tokens.set(at, tokens.get(other));
                    tokens.set(other, one);
                }
            }
        }
        return String.join("", tokens);
    }

    private static List<String> cut(String text) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            tokens.add(matcher.group());
        }
        return tokens;
    }

    private String nested(String text, int depth) {
        String nested = text;
        for (int i = 0; i < depth && nested.length() < LONGEST; i++) {
            nested = pick(NESTS).replace("{t}", nested);
        }
        return nested;
    }

    /** An input of a tool that runs {@code text}. */
    static ObjectNode command(String text) {
        return JSON.objectNode().put("command", text);
    }

    /** An input of any tool: known fields with fitting values, or with values of another kind. */
    ObjectNode input() {
        ObjectNode input = JSON.objectNode();
        int fields = random.nextInt(6);
        for (int i = 0; i < fields; i++) {
            input.set(pick(FIELDS), value(0));
        }
        if (random.nextInt(40) == 0) {
            for (int i = 0; i < 300; i++) {
                input.put(pick(FIELDS) + i, pick(PATHS));
            }
        }
        return input;
    }

    private JsonNode value(int depth) {
        return switch (random.nextInt(14)) {
            case 0, 1, 2 -> JSON.textNode(path());
            case 3, 4 -> JSON.textNode(text());
            case 5, 6 -> JSON.textNode(patch());
            case 7 -> JSON.numberNode(random.nextLong());
            case 8 -> JSON.numberNode(random.nextDouble() * 1e300);
            case 9 -> JSON.booleanNode(random.nextBoolean());
            case 10 ->
                    random.nextBoolean() ? JSON.nullNode() : JSON.textNode(list(depth).toString());
            case 11 -> deep();
            case 12 -> depth > 5 ? JSON.nullNode() : list(depth);
            default -> {
                ObjectNode object = JSON.objectNode();
                for (int i = random.nextInt(4); i > 0 && depth <= 5; i--) {
                    object.set(pick(FIELDS), value(depth + 1));
                }
                yield object;
            }
        };
    }

    private ArrayNode list(int depth) {
        ArrayNode list = JSON.arrayNode();
        int size = random.nextInt(40) == 0 ? 400 : random.nextInt(4);
        for (int i = 0; i < size; i++) {
            list.add(size > 4 ? JSON.textNode(pick(PATHS)) : value(depth + 1));
        }
        return list;
    }

    private JsonNode deep() {
        JsonNode node = JSON.textNode(path());
        int depth = random.nextInt(20) == 0 ? 900 : random.nextInt(20);
        for (int i = 0; i < depth; i++) {
            ObjectNode object = JSON.objectNode();
            object.set(pick(FIELDS), node);
            ArrayNode list = JSON.arrayNode();
            list.add(node);
            node = random.nextBoolean() ? object : list;
        }
        return node;
    }

    private String path() {
        String path = pick(PATHS);
        return switch (random.nextInt(5)) {
            case 0 -> path + pick(PIECES) + pick(PATHS);
            case 1 -> path + "/" + pick(PATHS);
            case 2 -> random.nextInt(20) == 0 ? path.repeat(500) : path + path;
            default -> path;
        };
    }

    private String patch() {
        String patch = pick(PATCHES).replace("a.txt", random.nextInt(3) == 0 ? path() : "a.txt");
        int rounds = random.nextInt(4);
        for (int i = 0; i < rounds; i++) {
            patch = random.nextInt(3) == 0 ? patch + "\n" + pick(PATCHES) : round(patch);
        }
        return patch.length() > LONGEST ? patch.substring(0, LONGEST) : patch;
    }
}
