package dev.countersign.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * A text with wildcards. In a path {@code *} stays within one segment and {@code **} does not; in a
 * word {@code *} is any text; {@code ?} is one character.
 */
final class Glob {
    /** One character, not a slash. */
    private static final char ONE = '\uE000';

    /** Any characters but slashes. */
    private static final char SEGMENT = '\uE001';

    /** Any characters. */
    private static final char ANY = '\uE002';

    /** No or some whole segments, each with its slash. */
    private static final char SEGMENTS = '\uE003';

    private final String text;
    private final String tokens;

    private Glob(String text, String tokens) {
        this.text = text;
        this.tokens = tokens;
    }

    static Glob word(String text) {
        StringBuilder tokens = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '*') {
                if (tokens.isEmpty() || tokens.charAt(tokens.length() - 1) != ANY) {
                    tokens.append(ANY);
                }
            } else {
                tokens.append(c == '?' ? ONE : c);
            }
        }
        return new Glob(text, tokens.toString());
    }

    static Glob path(String text) {
        StringBuilder tokens = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '*') {
                tokens.append(c == '?' ? ONE : c);
                continue;
            }
            int end = i;
            while (end + 1 < text.length() && text.charAt(end + 1) == '*') {
                end++;
            }
            boolean starts = i == 0 || text.charAt(i - 1) == '/';
            if (end == i) {
                tokens.append(SEGMENT);
            } else if (starts && end + 1 < text.length() && text.charAt(end + 1) == '/') {
                tokens.append(SEGMENTS);
                end++;
            } else {
                tokens.append(ANY);
            }
            i = end;
        }
        return new Glob(text, tokens.toString());
    }

    /** Whether a text may be written in a pattern: nothing invisible, nothing reserved. */
    static boolean writable(String text) {
        return text.chars().noneMatch(c -> c < ' ' || c == 0x7F || (c >= 0xE000 && c <= 0xE003));
    }

    boolean literal() {
        for (int i = 0; i < tokens.length(); i++) {
            if (wildcard(tokens.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean wildcard(char token) {
        return token >= ONE && token <= SEGMENTS;
    }

    /** Whether it says nothing at all: only wildcards. */
    boolean blank() {
        for (int i = 0; i < tokens.length(); i++) {
            char token = tokens.charAt(i);
            if (!wildcard(token) && token != '/') {
                return false;
            }
        }
        return true;
    }

    boolean matches(String subject) {
        return matches(subject, false);
    }

    /**
     * Matches the whole of {@code subject}, or with {@code within} also a part of it that ends
     * before a slash: what lies in a directory that matches.
     */
    boolean matches(String subject, boolean within) {
        int p = 0;
        int s = 0;
        int starP = -1;
        int starS = -1;
        int anyP = -1;
        int anyS = -1;
        int length = subject.length();
        while (true) {
            boolean dead;
            if (p == tokens.length()) {
                if (s == length || (within && subject.charAt(s) == '/')) {
                    return true;
                }
                dead = true;
            } else {
                char token = tokens.charAt(p);
                if (token == SEGMENT) {
                    starP = p;
                    starS = s;
                    p++;
                    continue;
                }
                if (token == ANY || token == SEGMENTS) {
                    anyP = p;
                    anyS = s;
                    starP = -1;
                    p++;
                    continue;
                }
                dead = s == length || !one(token, subject.charAt(s));
                if (!dead) {
                    p++;
                    s++;
                }
            }
            if (!dead) {
                continue;
            }
            if (starP >= 0 && starS < length && inSegment(subject.charAt(starS))) {
                starS++;
                s = starS;
                p = starP + 1;
            } else if (anyP >= 0 && anyS < length) {
                anyS = tokens.charAt(anyP) == ANY ? anyS + 1 : nextSegment(subject, anyS);
                if (anyS < 0) {
                    return false;
                }
                s = anyS;
                p = anyP + 1;
                starP = -1;
            } else {
                return false;
            }
        }
    }

    private static boolean one(char token, char c) {
        // A wildcard of the call itself stands for more than one character.
        return token == ONE ? inSegment(c) && c != SEGMENT && c != '*' && c != '[' : token == c;
    }

    /** Also asked about the tokens of another pattern, whose wildcards stand for themselves. */
    private static boolean inSegment(char c) {
        return c != '/' && c != ANY && c != SEGMENTS;
    }

    private static int nextSegment(String subject, int from) {
        for (int i = from; i < subject.length(); i++) {
            char c = subject.charAt(i);
            if (c == '/' || c == SEGMENTS) {
                return i + 1;
            }
            if (c == ANY) {
                return -1;
            }
        }
        return -1;
    }

    /** Whether everything {@code narrow} matches is matched here; false when that is not plain. */
    boolean covers(Glob narrow, boolean within) {
        return matches(narrow.tokens, within);
    }

    /** Whether some text is matched by both; true when in doubt. */
    boolean meets(Glob other) {
        int width = other.tokens.length() + 1;
        boolean[] seen = new boolean[(tokens.length() + 1) * width];
        int[] stack = new int[seen.length * 3 + 3];
        int top = 0;
        stack[top++] = 0;
        while (top > 0) {
            int state = stack[--top];
            if (seen[state]) {
                continue;
            }
            seen[state] = true;
            int i = state / width;
            int j = state % width;
            boolean endA = i == tokens.length();
            boolean endB = j == other.tokens.length();
            if (endA && endB) {
                return true;
            }
            boolean starA = !endA && star(tokens.charAt(i));
            boolean starB = !endB && star(other.tokens.charAt(j));
            if (starA) {
                stack[top++] = state + width;
            }
            if (starB) {
                stack[top++] = state + 1;
            }
            if (!endA && !endB && compatible(tokens.charAt(i), other.tokens.charAt(j))) {
                stack[top++] = (starA ? i : i + 1) * width + (starB ? j : j + 1);
            }
        }
        return false;
    }

    private static boolean star(char c) {
        return c == SEGMENT || c == ANY || c == SEGMENTS;
    }

    private static boolean compatible(char a, char b) {
        boolean classA = a >= ONE && a <= SEGMENTS;
        boolean classB = b >= ONE && b <= SEGMENTS;
        if (classA && classB) {
            return true;
        }
        if (!classA && !classB) {
            return a == b;
        }
        char wildcard = classA ? a : b;
        char plain = classA ? b : a;
        return plain != '/' || wildcard == ANY || wildcard == SEGMENTS;
    }

    /** Its literal runs, none of them with a slash: every text it matches holds them all. */
    List<String> pieces() {
        List<String> pieces = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= tokens.length(); i++) {
            char c = i == tokens.length() ? '/' : tokens.charAt(i);
            if (c == '/' || (c >= ONE && c <= SEGMENTS)) {
                String piece = tokens.substring(start, i);
                if (!piece.isEmpty() && !piece.equals(".")) {
                    pieces.add(piece);
                }
                start = i + 1;
            }
        }
        return pieces;
    }

    /** Whether any of these matches. */
    static boolean any(List<Glob> patterns, String value) {
        for (Glob pattern : patterns) {
            if (pattern.matches(value)) {
                return true;
            }
        }
        return false;
    }

    /** Whether every word of {@code narrow} is one of {@code wide}. */
    static boolean within(List<Glob> narrow, List<Glob> wide) {
        return narrow.stream().allMatch(n -> wide.stream().anyMatch(w -> w.covers(n, false)));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Glob glob && glob.tokens.equals(tokens);
    }

    @Override
    public int hashCode() {
        return tokens.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
