package dev.countersign.web;

import com.github.difflib.DiffUtils;
import com.github.difflib.patch.AbstractDelta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two texts, line by line.
 *
 * @param lines what changed with a little of what stands around it
 * @param added how many lines are new
 * @param removed how many lines are gone
 */
public record LineDiff(List<Line> lines, int added, int removed) {
    /** Lines that stay and are shown before and after a change. */
    private static final int AROUND = 3;

    /** More than this is not compared but shown as replaced. */
    private static final int MOST_COMPARED = 20_000;

    private static final int MOST_SHOWN = 2_000;

    public LineDiff {
        lines = List.copyOf(lines);
    }

    /**
     * A line.
     *
     * @param style {@code same}, {@code added}, {@code removed}, or {@code left-out} for several
     *     that stay
     * @param before its number in the old text, or 0
     * @param after its number in the new text, or 0
     * @param text drawn
     */
    public record Line(String style, int before, int after, List<Drawing.Piece> text) {
        /** What a reader of the text alone sees of the style. */
        public String sign() {
            return switch (style) {
                case "added" -> "+";
                case "removed" -> "-";
                default -> " ";
            };
        }
    }

    /** Compares; a last line without its end is a line like others. */
    static LineDiff of(String before, String after) {
        return of(before, after, AROUND);
    }

    /** The same with every line that stays; null where that is more than is shown. */
    static @Nullable LineDiff whole(String before, String after) {
        long lines = before.lines().count() + after.lines().count();
        return lines > MOST_SHOWN ? null : of(before, after, MOST_SHOWN);
    }

    private static LineDiff of(String before, String after, int around) {
        // Not only at line ends as Java knows them: what else breaks lines is drawn.
        List<String> old = before.isEmpty() ? List.of() : lines(before);
        List<String> now = after.isEmpty() ? List.of() : lines(after);
        Writer writer = new Writer(old, now, around);
        if (old.size() + now.size() > MOST_COMPARED) {
            writer.change(0, old.size(), 0, now.size());
        } else {
            for (AbstractDelta<String> delta : DiffUtils.diff(old, now).getDeltas()) {
                int from = delta.getSource().getPosition();
                int to = delta.getTarget().getPosition();
                writer.change(
                        from, from + delta.getSource().size(), to, to + delta.getTarget().size());
            }
        }
        return writer.end();
    }

    private static List<String> lines(String text) {
        String whole = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        return List.of(whole.split("\n", -1));
    }

    /** Whether nothing differs. */
    public boolean nothing() {
        return added == 0 && removed == 0;
    }

    private static final class Writer {
        private final List<String> old;
        private final List<String> now;
        private final int around;
        private final List<Line> lines = new ArrayList<>();
        private int nextOld;
        private int nextNow;
        private int added;
        private int removed;

        Writer(List<String> old, List<String> now, int around) {
            this.around = around;
            this.old = old;
            this.now = now;
        }

        void change(int fromOld, int toOld, int fromNow, int toNow) {
            same(fromOld, nextOld > 0 || nextNow > 0);
            for (int i = fromOld; i < toOld; i++) {
                add("removed", i + 1, 0, old.get(i));
            }
            for (int i = fromNow; i < toNow; i++) {
                add("added", 0, i + 1, now.get(i));
            }
            removed += toOld - fromOld;
            added += toNow - fromNow;
            nextOld = toOld;
            nextNow = toNow;
        }

        /** What stays before the next change. */
        private void same(int until, boolean afterChange) {
            int count = until - nextOld;
            int head = afterChange ? Math.min(around, count) : 0;
            int tail = Math.min(around, count - head);
            for (int i = 0; i < count; i++) {
                if (i < head || i >= count - tail) {
                    add("same", nextOld + i + 1, nextNow + i + 1, old.get(nextOld + i));
                } else if (i == head) {
                    leftOut(count - head - tail);
                }
            }
        }

        private void leftOut(int count) {
            String words = Texts.say("diff.stays", count);
            lines.add(new Line("left-out", 0, 0, Drawing.of(words)));
        }

        private void add(String style, int before, int after, String text) {
            if (lines.size() < MOST_SHOWN) {
                lines.add(new Line(style, before, after, Drawing.of(text)));
            }
        }

        LineDiff end() {
            int rest = old.size() - nextOld;
            boolean changed = nextOld > 0 || nextNow > 0;
            int shown = changed || around > rest ? Math.min(around, rest) : 0;
            for (int i = 0; i < shown; i++) {
                add("same", nextOld + i + 1, nextNow + i + 1, old.get(nextOld + i));
            }
            if (rest > shown) {
                leftOut(rest - shown);
            }
            return new LineDiff(lines, added, removed);
        }
    }
}
