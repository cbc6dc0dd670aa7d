package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;

/**
 * What a sed script does beside editing its input.
 *
 * @param reads files it reads
 * @param writes files it writes
 * @param runs commands it runs; an empty one is what it edits
 * @param understood whether every command of it was recognised
 */
record SedProgram(List<String> reads, List<String> writes, List<String> runs, boolean understood) {

    static SedProgram read(String text) {
        Scanner scanner = new Scanner(text, false);
        boolean understood = scanner.scan();
        if (!understood && text.indexOf('[') >= 0) {
            // Where a delimiter in brackets ends the pattern for some, the rest is no program.
            scanner = new Scanner(text, true);
            understood = scanner.scan();
        }
        return new SedProgram(scanner.reads, scanner.writes, scanner.runs, understood);
    }

    private static final class Scanner {
        final List<String> reads = new ArrayList<>();
        final List<String> writes = new ArrayList<>();
        final List<String> runs = new ArrayList<>();
        private final String text;
        private final boolean sets;
        private int at;

        Scanner(String text, boolean sets) {
            this.text = text;
            this.sets = sets;
        }

        boolean scan() {
            while (true) {
                skip(" \t\n;}");
                if (at >= text.length()) {
                    return true;
                }
                if (!addresses()) {
                    return false;
                }
                skip(" \t!");
                if (at >= text.length()) {
                    return false;
                }
                if (!command(text.charAt(at++))) {
                    return false;
                }
            }
        }

        private boolean command(char command) {
            return switch (command) {
                case '{', 'p', 'P', 'd', 'D', '=', 'n', 'N', 'h', 'H', 'g', 'G', 'x', 'z', 'F' ->
                        true;
                case '#' -> {
                    int end = text.indexOf('\n', at);
                    at = end < 0 ? text.length() : end;
                    yield true;
                }
                case 'a', 'i', 'c' -> {
                    while (at < text.length() && text.charAt(at) != '\n') {
                        at += text.charAt(at) == '\\' ? 2 : 1;
                    }
                    at = Math.min(at, text.length());
                    yield true;
                }
                case ':', 'b', 't', 'T' -> {
                    skip(" \t");
                    // A blank ends a label for some, so what follows is read as a command too.
                    while (at < text.length() && "\n;} \t".indexOf(text.charAt(at)) < 0) {
                        at++;
                    }
                    yield true;
                }
                case 'q', 'Q', 'l', 'L' -> {
                    skip(" 0123456789");
                    yield true;
                }
                case 's' -> substitution();
                case 'y' -> at < text.length() && delimited(text.charAt(at++), 2);
                case 'r', 'R' -> reads.add(line());
                case 'w', 'W' -> writes.add(line());
                case 'e' -> runs.add(line());
                default -> false;
            };
        }

        private boolean substitution() {
            if (at >= text.length() || !delimited(text.charAt(at++), 2)) {
                return false;
            }
            while (at < text.length()) {
                char flag = text.charAt(at);
                if (flag == 'w') {
                    at++;
                    writes.add(line());
                    return true;
                }
                if (flag == 'e') {
                    runs.add("");
                } else if ("gpiImM0123456789".indexOf(flag) < 0) {
                    return "\n;} \t#".indexOf(flag) >= 0;
                }
                at++;
            }
            return true;
        }

        /** Passes {@code parts} parts that end in the delimiter. */
        private boolean delimited(char delimiter, int parts) {
            if (delimiter == '\\' || delimiter == '\n') {
                return false;
            }
            for (int i = 0; i < parts; i++) {
                boolean set = false;
                while (at < text.length() && (set || text.charAt(at) != delimiter)) {
                    char c = text.charAt(at);
                    if (sets && i == 0 && c == '[' && !set) {
                        set = true;
                        skipOnce('^');
                        skipOnce(']');
                    } else if (c == ']') {
                        set = false;
                    }
                    if (c == '\\') {
                        at++;
                    }
                    at++;
                }
                if (at >= text.length()) {
                    return false;
                }
                at++;
            }
            return true;
        }

        private boolean addresses() {
            boolean more = true;
            while (more) {
                if (at >= text.length()) {
                    return false;
                }
                char c = text.charAt(at);
                if (c == '/') {
                    at++;
                    if (!delimited('/', 1)) {
                        return false;
                    }
                    skip("IM");
                } else if (c == '\\') {
                    at++;
                    if (at >= text.length() || !delimited(text.charAt(at++), 1)) {
                        return false;
                    }
                    skip("IM");
                } else {
                    skip("0123456789$~+");
                }
                skip(" \t");
                more = at < text.length() && text.charAt(at) == ',';
                if (more) {
                    at++;
                    skip(" \t");
                }
            }
            return true;
        }

        private String line() {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            String line = text.substring(at, end).strip();
            at = end;
            return line;
        }

        private void skipOnce(char character) {
            if (at + 1 < text.length() && text.charAt(at + 1) == character) {
                at++;
            }
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
