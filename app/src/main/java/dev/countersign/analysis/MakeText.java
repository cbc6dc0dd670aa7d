package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Texts of a makefile: words, and what stands in for what only a shell can tell. A character of the
 * private range is the output of one command, {@link #UNKNOWN} what nobody knows.
 */
final class MakeText {
    static final char FIRST_COMMAND = '\uE000';
    static final char UNKNOWN = '\uF000';
    static final int MOST_COMMANDS = 1000;

    private MakeText() {}

    static boolean isMark(char c) {
        return c >= FIRST_COMMAND && c <= UNKNOWN;
    }

    /** Whether a text holds what is not known before a shell has run. */
    static boolean isUnknown(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isMark(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.strip().split("\\s+", -1)) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    /** Where the bracket that opens at {@code from} closes, or -1. */
    static int close(String text, int from) {
        char open = text.charAt(from);
        char close = open == '(' ? ')' : '}';
        int depth = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == open) {
                depth++;
            } else if (c == close && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    /** Where one of these characters stands outside of references, or -1. */
    static int find(String text, String signs, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '$' && i + 1 < text.length()) {
                char next = text.charAt(i + 1);
                if (next == '(' || next == '{') {
                    int end = close(text, i + 1);
                    if (end < 0) {
                        return -1;
                    }
                    i = end;
                } else {
                    i++;
                }
            } else if (signs.indexOf(c) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** A line without the comment at its end. */
    static String withoutComment(String line) {
        for (int at = find(line, "#", 0); at >= 0; at = find(line, "#", at + 1)) {
            if (at == 0 || line.charAt(at - 1) != '\\') {
                return line.substring(0, at);
            }
        }
        return line;
    }

    /** The arguments of a function, cut at commas outside of brackets. */
    static List<String> arguments(String text) {
        List<String> arguments = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '(' || c == '{') {
                depth++;
            } else if (c == ')' || c == '}') {
                depth--;
            } else if (c == ',' && depth <= 0) {
                arguments.add(text.substring(from, i));
                from = i + 1;
            }
        }
        arguments.add(text.substring(from));
        return arguments;
    }

    /** The stem of a word that a pattern with one {@code %} matches, or null. */
    static @Nullable String stem(String pattern, String word) {
        int percent = pattern.indexOf('%');
        if (percent < 0) {
            return pattern.equals(word) ? "" : null;
        }
        String head = pattern.substring(0, percent);
        String tail = pattern.substring(percent + 1);
        boolean fits =
                word.length() >= head.length() + tail.length()
                        && word.startsWith(head)
                        && word.endsWith(tail);
        return fits ? word.substring(head.length(), word.length() - tail.length()) : null;
    }

    static String substituted(String pattern, String replacement, String text) {
        List<String> out = new ArrayList<>();
        for (String word : words(text)) {
            String stem = stem(pattern, word);
            out.add(
                    stem == null
                            ? word
                            : pattern.indexOf('%') < 0
                                    ? replacement
                                    : replacement.replaceFirst(
                                            "%", Matcher.quoteReplacement(stem)));
        }
        return String.join(" ", out);
    }

    /** {@code $(X:a=b)}. */
    static String exchanged(String from, String to, String text) {
        return from.indexOf('%') >= 0
                ? substituted(from, to, text)
                : substituted("%" + from, "%" + to, text);
    }

    static String folder(String word) {
        int slash = word.lastIndexOf('/');
        return slash < 0 ? "./" : word.substring(0, slash + 1);
    }

    /** The same as {@code $(@D)} has it. */
    static String bareFolder(String word) {
        int slash = word.lastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "/" : word.substring(0, slash);
    }

    static String file(String word) {
        return word.substring(word.lastIndexOf('/') + 1);
    }

    static String suffix(String word) {
        int dot = word.lastIndexOf('.');
        return dot > word.lastIndexOf('/') ? word.substring(dot) : "";
    }

    static String basename(String word) {
        return word.substring(0, word.length() - suffix(word).length());
    }

    private static final Set<String> SILENT =
            Set.of("mkdir", "touch", "rm", "cp", "mv", "ln", "chmod", "true", ":", "test", "[");

    /** Whether a command prints nothing that would be read as a part of the makefile. */
    static boolean isSilent(String command) {
        List<String> words = words(command);
        boolean single = command.indexOf(';') < 0 && command.indexOf('|') < 0;
        return (single
                        && !words.isEmpty()
                        && SILENT.contains(words.getFirst())
                        && !command.contains("-v"))
                || (single && command.matches("(?s).*[^0-9]>\\s*\\S+.*"));
    }

    /** What a simple command prints, where that is the same everywhere, or null. */
    static @Nullable String printed(String command, String directory) {
        String plain = command.replaceAll("\\s+2>\\s*/dev/null\\s*$", "").strip();
        if (isUnknown(plain)) {
            return null;
        }
        if (plain.equals("pwd")) {
            return directory;
        }
        List<String> words = words(plain);
        if (words.size() == 2 && words.getFirst().equals("which") && isBare(words.get(1))) {
            return words.get(1);
        }
        if (words.size() == 3
                && words.getFirst().equals("command")
                && words.get(1).equals("-v")
                && isBare(words.get(2))) {
            return words.get(2);
        }
        if (!words.isEmpty()
                && words.getFirst().equals("echo")
                && plain.matches("echo( +[A-Za-z0-9_./:=-]+)*")
                && !plain.startsWith("echo -")) {
            return String.join(" ", words.subList(1, words.size()));
        }
        return listed(plain);
    }

    private static boolean isBare(String word) {
        return word.matches("[A-Za-z0-9_.+-]+");
    }

    private static final Pattern FIND =
            Pattern.compile(
                    "find((?: +[A-Za-z0-9_./-]+)+)(?: +-type +f)? +-i?name +['\"]?([A-Za-z0-9_.*-]+)['\"]?(?: +-type +f)?");

    /** The files that {@code find} names, as patterns. */
    private static @Nullable String listed(String command) {
        Matcher find = FIND.matcher(command);
        if (!find.matches()) {
            return null;
        }
        List<String> patterns = new ArrayList<>();
        for (String folder : words(find.group(1))) {
            if (folder.startsWith("-")) {
                return null;
            }
            patterns.add(folder.replaceFirst("/$", "") + "/**/" + find.group(2));
        }
        return String.join(" ", patterns);
    }

    /** Whether what a command prints are names of files. */
    static boolean isListing(String command) {
        List<String> words = words(command);
        String first = words.isEmpty() ? "" : words.getFirst();
        return switch (first) {
            case "find", "fd", "rg", "ls" -> command.indexOf(';') < 0 && command.indexOf('&') < 0;
            case "git" ->
                    words.size() > 1
                            && words.get(1).equals("ls-files")
                            && command.indexOf(';') < 0
                            && command.indexOf('&') < 0;
            default -> false;
        };
    }
}
