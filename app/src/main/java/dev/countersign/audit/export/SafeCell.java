package dev.countersign.audit.export;

/**
 * A text that spreadsheets show and do not compute (OWASP, CSV Injection): an apostrophe goes in
 * front of what could be read as a formula, and control characters that nothing shows are replaced.
 */
final class SafeCell {
    /** {@code = + - @}, also as full-width forms, which some spreadsheets read alike. */
    private static final String FORMULA = "=+-@\uFF1D\uFF0B\uFF0D\uFF20";

    private static final String REPLACED = "\uFFFD";

    private SafeCell() {}

    static String of(String text) {
        String shown = shown(text);
        return computes(shown) ? "'" + shown : shown;
    }

    private static boolean computes(String text) {
        if (text.isEmpty()) {
            return false;
        }
        char first = text.charAt(0);
        if (first == '\t' || first == '\r' || first == '\n') {
            return true;
        }
        int at = 0;
        while (at < text.length() && passedOver(text.charAt(at))) {
            at++;
        }
        return at < text.length() && FORMULA.indexOf(text.charAt(at)) >= 0;
    }

    /** What a spreadsheet may drop before it looks: blanks, quotes, and what has no width. */
    private static boolean passedOver(char c) {
        return c == '"'
                || c == '\''
                || Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || Character.getType(c) == Character.FORMAT;
    }

    private static String shown(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean control = c < ' ' && c != '\t' && c != '\r' && c != '\n';
            if (control && out == null) {
                out = new StringBuilder(text.length()).append(text, 0, i);
            }
            if (out != null) {
                out.append(control ? REPLACED : c);
            }
        }
        return out == null ? text : out.toString();
    }
}
