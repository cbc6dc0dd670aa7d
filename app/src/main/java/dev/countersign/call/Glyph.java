package dev.countersign.call;

/** What a character of a text that an agent wrote is to somebody who reads it. */
public enum Glyph {
    /** It shows what it is. */
    PLAIN,
    /** It shows nothing, moves others, or stands on another. */
    UNSEEN,
    /** It looks like another. */
    ODD;

    /** Of a code point. A line break is plain, a tab is not. */
    public static Glyph of(int c) {
        if (c == '\n' || c == ' ' || (c > ' ' && c < 0x7f)) {
            return PLAIN;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK ->
                    UNSEEN;
            default -> blank(c) ? UNSEEN : lookalike(c) ? ODD : PLAIN;
        };
    }

    /** Letters that show nothing. */
    private static boolean blank(int c) {
        return c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || c == 0x2800;
    }

    /** Letters of scripts whose shapes are Latin's, and Latin's own full-width doubles. */
    private static boolean lookalike(int c) {
        if (c >= 0xFF01 && c <= 0xFF5E) {
            return true;
        }
        if (c >= 0x1D400 && c <= 0x1D7FF) {
            return true;
        }
        return switch (Character.UnicodeScript.of(c)) {
            case CYRILLIC, GREEK, ARMENIAN, CHEROKEE, COPTIC, LISU -> true;
            default -> false;
        };
    }
}
