package dev.countersign.notify;

/**
 * Text that an agent wrote, as plain text in which nothing is hidden: what shows nothing or moves
 * other characters is written as what it is.
 */
public final class Plain {
    private Plain() {}

    /** Several lines, cut with a word where they are longer. */
    public static String lines(String text, int most) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(most).forEach(c -> append(out, c, c == '\n' || c == '\t'));
        return text.codePointCount(0, text.length()) <= most
                ? out.toString()
                : out + "… (cut; the page has all of it)";
    }

    /** One line. */
    public static String line(String text, int most) {
        StringBuilder out = new StringBuilder();
        text.replaceAll("\\s+", " ")
                .strip()
                .codePoints()
                .limit(most)
                .forEach(c -> append(out, c, false));
        return text.codePointCount(0, text.length()) <= most ? out.toString() : out + "…";
    }

    private static void append(StringBuilder out, int c, boolean plain) {
        boolean shown =
                plain
                        || c == ' '
                        || switch (Character.getType(c)) {
                            case Character.CONTROL,
                                    Character.FORMAT,
                                    Character.SURROGATE,
                                    Character.PRIVATE_USE,
                                    Character.UNASSIGNED,
                                    Character.LINE_SEPARATOR,
                                    Character.PARAGRAPH_SEPARATOR,
                                    Character.SPACE_SEPARATOR ->
                                    false;
                            default -> true;
                        };
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
