package dev.countersign.call;

import java.util.Locale;

/**
 * Small letters in linear time.
 *
 * <p>{@link String#toLowerCase(Locale)} looks around each {@code Σ} for the end of its word: ten
 * thousand of them take half a second, and time grows with the square. Here {@code Σ} and both of
 * its small letters become {@code σ}.
 */
public final class LowerCase {
    private static final char CAPITAL_SIGMA = '\u03A3';
    private static final char SMALL_SIGMA = '\u03C3';
    private static final char LAST_SIGMA = '\u03C2';
    private static final char DOTTED_I = '\u0130';

    private LowerCase() {}

    public static String of(String text) {
        boolean plain = true;
        for (int i = 0; i < text.length() && plain; i++) {
            char c = text.charAt(i);
            plain = c != CAPITAL_SIGMA && c != LAST_SIGMA && c != DOTTED_I;
        }
        if (plain) {
            return text.toLowerCase(Locale.ROOT);
        }
        StringBuilder lower = new StringBuilder(text.length());
        int c;
        for (int i = 0; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            switch (c) {
                case CAPITAL_SIGMA, LAST_SIGMA -> lower.append(SMALL_SIGMA);
                case DOTTED_I -> lower.append("i\u0307");
                default -> lower.appendCodePoint(Character.toLowerCase(c));
            }
        }
        return lower.toString();
    }
}
