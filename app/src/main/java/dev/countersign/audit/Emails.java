package dev.countersign.audit;

import java.text.Normalizer;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** E-mail addresses in a text, found in one pass whatever the text. */
public final class Emails {
    private static final int LONGEST_LOCAL = 64;
    private static final int LONGEST_DOMAIN = 253;
    private static final int LONGEST = 254;
    private static final Pattern PLAIN =
            Pattern.compile("[\\p{L}\\p{N}.!#$%&'*+/=?^_`{|}~-]+@[\\p{L}\\p{N}.-]+");

    private Emails() {}

    /** An address as it is kept, whatever somebody typed around it and in capitals. */
    public static String normal(String typed) {
        return typed.strip().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether that can be an address: one {@code @}, nothing that separates, quotes or hides, no
     * letter that only looks like another (wide or ligated: not NFKC), and no beginning by which
     * approvers are told apart from people.
     */
    public static boolean isPlain(String address) {
        return address.length() <= LONGEST
                && PLAIN.matcher(address).matches()
                && Normalizer.isNormalized(address, Normalizer.Form.NFKC);
    }

    /** The text with each address replaced. */
    public static String replaced(String text, UnaryOperator<String> replacement) {
        StringBuilder out = null;
        int copied = 0;
        for (int at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
            int from = at;
            while (from > copied && at - from < LONGEST_LOCAL && local(text.charAt(from - 1))) {
                from--;
            }
            int to = at + 1;
            while (to < text.length() && to - at <= LONGEST_DOMAIN && domain(text.charAt(to))) {
                to++;
            }
            while (to > at + 1 && ".-".indexOf(text.charAt(to - 1)) >= 0) {
                to--;
            }
            if (from == at || !host(text.substring(at + 1, to))) {
                continue;
            }
            out = out == null ? new StringBuilder(text.length() + 32) : out;
            out.append(text, copied, from).append(replacement.apply(text.substring(from, to)));
            copied = to;
        }
        return out == null ? text : out.append(text, copied, text.length()).toString();
    }

    private static boolean host(String domain) {
        return domain.equals("localhost")
                || (domain.indexOf('.') > 0
                        && Character.isLetter(domain.charAt(domain.length() - 1)));
    }

    private static boolean local(char c) {
        return Character.isLetterOrDigit(c) || "._%+-".indexOf(c) >= 0;
    }

    private static boolean domain(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '-';
    }
}
