package dev.countersign.policy.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the calls that stand at the top of a Starlark file, such as {@code prefix_rule(pattern =
 * ["git"])}, with texts, lists and words as arguments. Any other statement is passed on as it is.
 */
final class Starlark {
    private static final int DEEPEST = 20;

    private final String file;
    private final String text;
    private int at;
    private int line = 1;
    private int lineStart;

    private Starlark(String file, String text) {
        this.file = file;
        this.text = text;
    }

    /** A value; a word is anything without quotes. */
    sealed interface Value {}

    /** A text in quotes. */
    record Text(String text) implements Value {}

    /** A list or a tuple. */
    record Items(List<Value> items) implements Value {}

    /** A word or a number. */
    record Word(String word) implements Value {}

    /** An argument; the name is null for one that stands by its place. */
    record Argument(@Nullable String name, Value value) {}

    /** A call with plain arguments. */
    record Call(String name, List<Argument> arguments) {}

    /**
     * A statement at the top of a file.
     *
     * @param text as written
     * @param call what it calls, if it is a call with plain arguments
     */
    record Statement(int line, int column, String text, Optional<Call> call) {}

    /** All statements of a file. */
    static List<Statement> read(String file, String text) throws Imports.BadFile {
        Starlark reader = new Starlark(file, text.replace("\r\n", "\n"));
        List<Statement> statements = new ArrayList<>();
        while (true) {
            reader.blank(true);
            if (reader.at >= reader.text.length()) {
                return statements;
            }
            statements.add(reader.statement());
        }
    }

    private Statement statement() throws Imports.BadFile {
        int start = at;
        int startLine = line;
        int startLineStart = lineStart;
        int code = skip();
        String written = text.substring(start, code).strip();
        int end = at;
        int endLine = line;
        int endLineStart = lineStart;
        at = start;
        line = startLine;
        lineStart = startLineStart;
        Optional<Call> call = call(end);
        at = end;
        line = endLine;
        lineStart = endLineStart;
        return new Statement(startLine, start - startLineStart + 1, written, call);
    }

    /**
     * Goes to the end of a statement: of its line, or of the line where its brackets end.
     *
     * @return where its code ends
     */
    private int skip() throws Imports.BadFile {
        int code = -1;
        int depth = 0;
        int openLine = line;
        int openColumn = column();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"' || c == '\'') {
                string();
                continue;
            }
            if (c == '#') {
                code = depth == 0 && code < 0 ? at : code;
                comment();
                continue;
            }
            if (c == '\n') {
                // What is indented belongs to the statement above.
                boolean more = at + 1 < text.length() && " \t".indexOf(text.charAt(at + 1)) >= 0;
                if (depth == 0 && !more) {
                    return code < 0 ? at : code;
                }
                newline();
            } else if (c == ';' && depth == 0) {
                at++;
                return code < 0 ? at : code;
            } else if ("([{".indexOf(c) >= 0) {
                if (depth++ == 0) {
                    openLine = line;
                    openColumn = column();
                }
                if (depth > DEEPEST) {
                    throw bad(line, column(), "nested deeper than " + DEEPEST + " levels");
                }
            } else if (")]}".indexOf(c) >= 0) {
                if (--depth < 0) {
                    throw bad(line, column(), "`" + c + "` closes nothing");
                }
            }
            at++;
        }
        if (depth > 0) {
            throw bad(openLine, openColumn, "a bracket does not end");
        }
        return code < 0 ? at : code;
    }

    private Optional<Call> call(int end) throws Imports.BadFile {
        String name = word();
        blank(false);
        if (name.isEmpty() || at >= end || text.charAt(at) != '(') {
            return Optional.empty();
        }
        at++;
        List<Argument> arguments = new ArrayList<>();
        while (true) {
            blank(true);
            if (at >= end) {
                return Optional.empty();
            }
            if (text.charAt(at) == ')') {
                at++;
                break;
            }
            int before = at;
            String key = word();
            blank(true);
            if (!key.isEmpty() && at < end && text.charAt(at) == '=') {
                at++;
                blank(true);
            } else {
                at = before;
                key = "";
            }
            Optional<Value> value = value(end);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            arguments.add(new Argument(key.isEmpty() ? null : key, value.get()));
            blank(true);
            if (at < end && text.charAt(at) == ',') {
                at++;
            } else if (at >= end || text.charAt(at) != ')') {
                return Optional.empty();
            }
        }
        blank(true);
        boolean all = at >= end || text.substring(at, end).isBlank();
        return all ? Optional.of(new Call(name, arguments)) : Optional.empty();
    }

    private Optional<Value> value(int end) throws Imports.BadFile {
        if (at >= end) {
            return Optional.empty();
        }
        char c = text.charAt(at);
        boolean raw =
                c == 'r'
                        && at + 1 < end
                        && (text.charAt(at + 1) == '"' || text.charAt(at + 1) == '\'');
        if (raw) {
            at++;
        }
        if (raw || c == '"' || c == '\'') {
            String inside = string();
            return raw ? Optional.of(new Text(inside)) : unescaped(inside).map(Text::new);
        }
        if (c == '[' || c == '(') {
            char close = c == '[' ? ']' : ')';
            at++;
            List<Value> items = new ArrayList<>();
            while (true) {
                blank(true);
                if (at < end && text.charAt(at) == close) {
                    at++;
                    return Optional.of(new Items(items));
                }
                Optional<Value> item = value(end);
                if (item.isEmpty()) {
                    return item;
                }
                items.add(item.get());
                blank(true);
                if (at < end && text.charAt(at) == ',') {
                    at++;
                } else if (at >= end || text.charAt(at) != close) {
                    return Optional.empty();
                }
            }
        }
        String word = word();
        return word.isEmpty() ? Optional.empty() : Optional.of(new Word(word));
    }

    private String word() {
        int start = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        return text.substring(start, at);
    }

    /** What stands between the quotes, escapes as written. */
    private String string() throws Imports.BadFile {
        int openLine = line;
        int openColumn = column();
        char quote = text.charAt(at);
        String three = String.valueOf(quote).repeat(3);
        boolean many = text.startsWith(three, at);
        at += many ? 3 : 1;
        int start = at;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n' && !many) {
                break;
            }
            if (c == '\\' && at + 1 < text.length() && text.charAt(at + 1) != '\n') {
                at += 2;
            } else if (many ? text.startsWith(three, at) : c == quote) {
                String inside = text.substring(start, at);
                at += many ? 3 : 1;
                return inside;
            } else if (c == '\n') {
                newline();
                at++;
            } else {
                at++;
            }
        }
        throw bad(openLine, openColumn, "a text does not end");
    }

    /** Empty when an escape is not known. */
    private static Optional<String> unescaped(String inside) {
        StringBuilder out = new StringBuilder(inside.length());
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            if (c != '\\' || i + 1 == inside.length()) {
                out.append(c);
                continue;
            }
            char next = inside.charAt(++i);
            switch (next) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case '\\', '"', '\'' -> out.append(next);
                default -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(out.toString());
    }

    private void blank(boolean lines) {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                comment();
            } else if (c == '\n' && lines) {
                newline();
                at++;
            } else if (c == ' ' || c == '\t' || c == '\r') {
                at++;
            } else {
                return;
            }
        }
    }

    private void comment() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
    }

    private void newline() {
        line++;
        lineStart = at + 1;
    }

    private int column() {
        return at - lineStart + 1;
    }

    private Imports.BadFile bad(int atLine, int atColumn, String message) {
        return new Imports.BadFile(file, atLine, atColumn, message);
    }
}
