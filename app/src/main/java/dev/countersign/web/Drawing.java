package dev.countersign.web;

import dev.countersign.call.Glyph;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws text that an agent wrote so that what is seen is what there is: characters that show
 * nothing or move others, and letters that look like others, are drawn as what they are.
 */
public final class Drawing {
    /** What {@link dev.countersign.audit.SecretMasking} puts in the place of a secret. */
    private static final Pattern MASK =
            Pattern.compile("\\[masked [a-z0-9-]{1,40} [^\\]\\s]{1,80}\\]");

    private Drawing() {}

    /**
     * A stretch of text drawn in one way.
     *
     * @param text what is shown
     * @param style class of its element: empty, {@code name}, {@code mark risk-N}, {@code unseen},
     *     {@code odd} or {@code masked}
     * @param title what a hover says, or empty
     */
    public record Piece(String text, String style, String title) {}

    /**
     * A stretch that matters.
     *
     * @param from first UTF-16 unit
     * @param to the unit after the last
     * @param level 1 to 5
     */
    public record Mark(int from, int to, int level) {}

    public static List<Piece> of(String text) {
        return of(text, List.of());
    }

    /** A sentence in which names stand between backticks; they are drawn as names. */
    public static List<Piece> words(String sentence) {
        List<Piece> pieces = new ArrayList<>();
        String[] parts = sentence.split("`", -1);
        for (int i = 0; i < parts.length; i++) {
            // A backtick without its partner stands for itself.
            boolean name = i % 2 == 1 && i < parts.length - 1;
            String text = i % 2 == 1 && !name ? "`" + parts[i] : parts[i];
            for (Piece piece : of(text)) {
                pieces.add(
                        name && piece.style().isEmpty()
                                ? new Piece(piece.text(), "name", "")
                                : piece);
            }
        }
        return List.copyOf(pieces);
    }

    /** What stands for a name in the smallest place. */
    public static String initial(String name) {
        int first = name.isEmpty() ? '?' : name.codePointAt(0);
        return Character.isLetterOrDigit(first) && style(first).isEmpty()
                ? Character.toString(Character.toUpperCase(first))
                : "?";
    }

    /** Marks may overlap; the worst one shows. */
    public static List<Piece> of(String text, List<Mark> marks) {
        int[] levels = levels(text, marks);
        List<Piece> pieces = new ArrayList<>();
        StringBuilder run = new StringBuilder();
        int runLevel = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int width = Character.charCount(c);
            String style = style(c);
            if (!style.isEmpty() || levels[i] != runLevel) {
                flush(pieces, run, runLevel);
                runLevel = levels[i];
            }
            if (style.isEmpty()) {
                run.appendCodePoint(c);
            } else {
                pieces.add(
                        new Piece(
                                style.equals("odd")
                                        ? Character.toString(c)
                                        : c == '\t' ? "⇥" : code(c),
                                style,
                                code(c) + " " + name(c)));
            }
            i += width;
        }
        flush(pieces, run, runLevel);
        return List.copyOf(pieces);
    }

    private static int[] levels(String text, List<Mark> marks) {
        int[] levels = new int[text.length()];
        for (Mark mark : marks) {
            for (int i = Math.max(0, mark.from()); i < Math.min(text.length(), mark.to()); i++) {
                levels[i] = Math.max(levels[i], mark.level());
            }
        }
        return levels;
    }

    private static void flush(List<Piece> pieces, StringBuilder run, int level) {
        String style = level == 0 ? "" : "mark risk-" + level;
        int from = 0;
        for (Matcher mask = MASK.matcher(run); mask.find(); from = mask.end()) {
            add(pieces, run.substring(from, mask.start()), style, "");
            add(pieces, mask.group(), "masked", Texts.say("drawing.secret"));
        }
        add(pieces, run.substring(from), style, "");
        run.setLength(0);
    }

    private static void add(List<Piece> pieces, String text, String style, String title) {
        if (!text.isEmpty()) {
            pieces.add(new Piece(text, style, title));
        }
    }

    private static String style(int c) {
        return switch (Glyph.of(c)) {
            case PLAIN -> "";
            case UNSEEN -> "unseen";
            case ODD -> "odd";
        };
    }

    private static String code(int c) {
        String hex = HexFormat.of().withUpperCase().toHexDigits(c, c > 0xFFFF ? 6 : 4);
        return "U+" + (hex.startsWith("0") && hex.length() == 6 ? hex.substring(1) : hex);
    }

    private static String name(int c) {
        String name = Character.getName(c);
        return name == null ? "" : name.toLowerCase(java.util.Locale.ROOT);
    }
}
