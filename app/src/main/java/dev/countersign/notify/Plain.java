package dev.countersign.notify;

import dev.countersign.call.Glyph;
import java.util.function.IntPredicate;

/**
 * Text that an agent wrote, as plain text in which nothing is hidden: what shows nothing, moves
 * other characters or looks like another is written as what it is.
 */
public final class Plain {
    private Plain() {}

    /** Several lines of an agent, cut with a word where they are longer. */
    public static String lines(String text, int most) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .limit(most)
                .forEach(c -> append(out, c, c == '\n' || c == '\t' || Glyph.of(c) == Glyph.PLAIN));
        return text.codePointCount(0, text.length()) <= most
                ? out.toString()
                : out + "… (cut; the page has all of it)";
    }

    /** One line of an agent. */
    public static String line(String text, int most) {
        return line(text, most, c -> Glyph.of(c) == Glyph.PLAIN);
    }

    /** One line of a person, who may write in any script. */
    public static String words(String text, int most) {
        return line(
                text,
                most,
                c ->
                        switch (Character.getType(c)) {
                            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> true;
                            default -> Glyph.of(c) != Glyph.UNSEEN;
                        });
    }

    private static String line(String text, int most, IntPredicate shown) {
        StringBuilder out = new StringBuilder();
        text.replaceAll("\\s+", " ")
                .strip()
                .codePoints()
                .limit(most)
                .forEach(c -> append(out, c, shown.test(c)));
        return text.codePointCount(0, text.length()) <= most ? out.toString() : out + "…";
    }

    private static void append(StringBuilder out, int c, boolean shown) {
        if (shown) {
            out.appendCodePoint(c);
        } else {
            out.append(String.format("\\u{%X}", c));
        }
    }

    /** What a message is about, without anything an agent wrote but its name. */
    public static String title(Message message) {
        String where = message.project().isEmpty() ? "" : " in " + line(message.project(), 60);
        return message.open()
                ? message.risk() + " risk: " + line(message.agent(), 60) + " asks" + where
                : message.request().id()
                        + " "
                        + message.request().state().wire()
                        + ": "
                        + line(message.agent(), 60)
                        + where;
    }
}
