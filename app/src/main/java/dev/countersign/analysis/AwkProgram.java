package dev.countersign.analysis;

import org.jspecify.annotations.Nullable;

/** Finds what an awk program does beside reading its input. */
final class AwkProgram {
    private AwkProgram() {}

    /** What it may do, in words; {@code ENVIRON} when it shows variables; null when nothing. */
    static @Nullable String problem(String text) {
        String code = withoutStrings(text);
        if (code.contains("system") || code.contains("@")) {
            return "run other programs";
        }
        if (code.contains("getline") || code.contains("ARGV") || code.contains("SYMTAB")) {
            return "read other files or run programs";
        }
        if (code.contains("ENVIRON") || code.contains("PROCINFO")) {
            return "ENVIRON";
        }
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            if (c == '|') {
                boolean or =
                        (i + 1 < code.length() && code.charAt(i + 1) == '|')
                                || (i > 0 && code.charAt(i - 1) == '|');
                if (!or) {
                    return "run other programs";
                }
            }
            if (c == '>' && prints(code, i)) {
                return "write files";
            }
        }
        return null;
    }

    /** Whether the statement a {@code >} stands in is a print, so that it redirects. */
    private static boolean prints(String code, int at) {
        int from = at;
        while (from > 0 && "{};\n".indexOf(code.charAt(from - 1)) < 0) {
            from--;
        }
        return code.substring(from, at).contains("print");
    }

    /** The text with the insides of strings and regular expressions taken out. */
    private static String withoutStrings(String text) {
        StringBuilder out = new StringBuilder();
        char before = '(';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean regex = c == '/' && "(,~!&|{;}\n".indexOf(before) >= 0;
            if (c == '"' || regex) {
                int end = i + 1;
                while (end < text.length() && text.charAt(end) != c) {
                    end += text.charAt(end) == '\\' ? 2 : 1;
                }
                if (end >= text.length()) {
                    return text;
                }
                out.append(c).append(c);
                before = c;
                i = end;
                continue;
            }
            out.append(c);
            if (c != ' ' && c != '\t') {
                before = c;
            }
        }
        return out.toString();
    }
}
