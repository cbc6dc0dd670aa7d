package dev.countersign.cli;

/**
 * Text of somebody else, made safe to show: what cannot be seen, turns the writing direction or
 * speaks to the terminal is drawn as {@code <U+202E>}.
 */
public final class Visible {
    private Visible() {}

    /** On one line: line ends are drawn too. */
    public static String line(String text) {
        return draw(text, false);
    }

    /** Over several lines: line ends and tabs stay. */
    public static String lines(String text) {
        return draw(text, true);
    }

    private static String draw(String text, boolean lines) {
        StringBuilder drawn = new StringBuilder(text.length());
        text.codePoints()
                .forEach(point -> {
                    if ((lines && (point == '\n' || point == '\t')) || seen(point)) {
                        drawn.appendCodePoint(point);
                    } else {
                        drawn.append(String.format("<U+%04X>", point));
                    }
                });
        return drawn.toString();
    }

    private static boolean seen(int point) {
        if (point == ' ') {
            return true;
        }
        boolean filler = // letters by their category, yet blank
                point == 0x115F
                        || point == 0x1160
                        || point == 0x3164
                        || point == 0xFFA0
                        || point == 0x2800
                        || point == 0x034F
                        || point == 0x17B4
                        || point == 0x17B5;
        boolean selector =
                (point >= 0xFE00 && point <= 0xFE0F) || (point >= 0xE0100 && point <= 0xE01EF);
        return !filler
                && !selector
                && switch (Character.getType(point)) {
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
    }
}
