package dev.countersign.cli;

import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A text with parts of it underlined and numbered, as compilers show where a message belongs. Long
 * lines are broken between words; what cannot be seen is drawn, and wide letters count as two.
 */
final class MarkedText {
    private static final String GUTTER = "  │ ";
    private static final String CONTINUED = "  ┊ ";
    private static final int TAB = 4;

    /** More lines than this are shown only around the marks. */
    private static final int MOST_LINES = 30;

    /** Lines without a mark that are kept on each side of one. */
    private static final int AROUND = 1;

    /** Pieces of one broken line that a mark is drawn under. */
    private static final int MOST_PIECES = 3;

    private final String text;
    private final int width;
    private final BiFunction<Terminal.Ink, String, String> paint;

    MarkedText(String text, int width, BiFunction<Terminal.Ink, String, String> paint) {
        this.text = text;
        this.width = Math.max(20, width - GUTTER.length());
        this.paint = paint;
    }

    /**
     * A part to underline.
     *
     * @param number its name
     * @param span where it stands
     * @param loud whether it is worth a look
     * @param ink how it looks
     */
    record Mark(int number, Span span, boolean loud, Terminal.Ink ink) {}

    /** One letter as it is drawn. */
    private record Cell(int at, String drawn, int columns) {}

    /** A line, or the part of one that fits. */
    private record Piece(List<Cell> cells, int from, int to, int index) {}

    /** A mark in the columns of one piece. */
    private record Stroke(Mark mark, int from, int to, boolean first, boolean more) {
        String label() {
            return first ? String.valueOf(mark.number) : "";
        }

        int end() {
            return Math.max(to, from + label().length()) + (more ? 1 : 0);
        }

        String drawn() {
            String label = label();
            String line = (mark.loud ? "^" : "~").repeat(Math.max(0, to - from - label.length()));
            return label + line + (more ? "…" : "");
        }
    }

    List<String> lines(List<Mark> marks) {
        List<List<Piece>> all = new ArrayList<>();
        int from = 0;
        while (from <= text.length()) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            boolean last = end == text.length();
            if (from < text.length() || all.isEmpty()) {
                all.add(pieces(from, end));
            }
            from = end + 1;
            if (last) {
                break;
            }
        }
        List<List<String>> drawn = new ArrayList<>();
        List<Boolean> marked = new ArrayList<>();
        for (List<Piece> line : all) {
            for (Piece piece : line) {
                List<Stroke> strokes = strokes(piece, line, marks);
                drawn.add(draw(piece, strokes));
                marked.add(!strokes.isEmpty());
            }
        }
        return shortened(drawn, marked);
    }

    private List<Piece> pieces(int from, int end) {
        List<Cell> cells = cells(from, end);
        List<Piece> pieces = new ArrayList<>();
        int start = 0;
        while (start < cells.size()) {
            int stop = start;
            int columns = 0;
            int blank = -1;
            while (stop < cells.size() && columns + cells.get(stop).columns <= width) {
                columns += cells.get(stop).columns;
                if (cells.get(stop).drawn.equals(" ")) {
                    blank = stop + 1;
                }
                stop++;
            }
            if (stop < cells.size() && blank > start + (stop - start) / 3) {
                stop = blank;
            }
            stop = Math.max(stop, start + 1);
            int to = stop < cells.size() ? cells.get(stop).at : end;
            pieces.add(
                    new Piece(cells.subList(start, stop), cells.get(start).at, to, pieces.size()));
            start = stop;
        }
        return pieces.isEmpty() ? List.of(new Piece(List.of(), from, end, 0)) : pieces;
    }

    private List<Cell> cells(int from, int end) {
        List<Cell> cells = new ArrayList<>();
        int column = 0;
        int i = from;
        while (i < end) {
            int point = text.codePointAt(i);
            String drawn;
            int columns;
            if (point == '\t') {
                columns = TAB - column % TAB;
                drawn = "→" + " ".repeat(columns - 1);
            } else {
                drawn = Visible.line(Character.toString(point));
                columns = columns(point, drawn);
            }
            cells.add(new Cell(i, drawn, columns));
            column += columns;
            i += Character.charCount(point);
        }
        return cells;
    }

    /** How many columns a terminal gives to a letter. */
    private static int columns(int point, String drawn) {
        int type = Character.getType(point);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return drawn.length() > 2 ? drawn.length() : 0;
        }
        if (drawn.startsWith("<U+")) {
            return drawn.length();
        }
        return isWide(point) ? 2 : 1;
    }

    private static boolean isWide(int point) {
        return (point >= 0x1100 && point <= 0x115F)
                || (point >= 0x2E80 && point <= 0x303E)
                || (point >= 0x3041 && point <= 0xA4CF)
                || (point >= 0xAC00 && point <= 0xD7A3)
                || (point >= 0xF900 && point <= 0xFAFF)
                || (point >= 0xFE30 && point <= 0xFE6F)
                || (point >= 0xFF00 && point <= 0xFF60)
                || (point >= 0xFFE0 && point <= 0xFFE6)
                || (point >= 0x1F300 && point <= 0x1FAFF)
                || (point >= 0x20000 && point <= 0x3FFFD);
    }

    private static List<Stroke> strokes(Piece piece, List<Piece> line, List<Mark> marks) {
        int lineStart = line.getFirst().from;
        int lineEnd = line.getLast().to;
        List<Stroke> strokes = new ArrayList<>();
        for (Mark mark : marks) {
            int from = Math.max(mark.span.from(), piece.from);
            int to = Math.min(Math.max(mark.span.to(), mark.span.from() + 1), piece.to);
            boolean begins = mark.span.from() >= lineStart && mark.span.from() <= lineEnd;
            boolean empty = piece.cells.isEmpty() || from >= to;
            if (!begins || empty) {
                continue;
            }
            boolean first = mark.span.from() >= piece.from;
            int pieces = piece.index - index(line, mark.span.from());
            if (pieces >= MOST_PIECES) {
                continue;
            }
            boolean last = piece.index == line.size() - 1 || pieces == MOST_PIECES - 1;
            boolean more = last && mark.span.to() > piece.to + 1;
            strokes.add(new Stroke(mark, column(piece, from), column(piece, to), first, more));
        }
        return strokes;
    }

    private static int index(List<Piece> line, int at) {
        for (Piece piece : line) {
            if (at < piece.to) {
                return piece.index;
            }
        }
        return line.size() - 1;
    }

    private static int column(Piece piece, int at) {
        int column = 0;
        for (Cell cell : piece.cells) {
            if (cell.at >= at) {
                return column;
            }
            column += cell.columns;
        }
        return column;
    }

    private List<String> draw(Piece piece, List<Stroke> strokes) {
        List<String> lines = new ArrayList<>();
        String gutter = paint.apply(Terminal.Ink.SOFT, piece.index == 0 ? GUTTER : CONTINUED);
        StringBuilder line = new StringBuilder(gutter);
        piece.cells.forEach(cell -> line.append(cell.drawn));
        lines.add(line.toString().stripTrailing());
        List<List<Stroke>> rows = new ArrayList<>();
        List<Stroke> inner = new ArrayList<>(strokes);
        inner.sort(
                Comparator.<Stroke>comparingInt(stroke -> stroke.to - stroke.from)
                        .thenComparingInt(stroke -> stroke.mark.number));
        for (Stroke stroke : inner) {
            List<Stroke> free = null;
            // A row under one that this stroke had no room in: inner parts stay above outer ones.
            for (int i = rows.size() - 1; i >= 0 && fits(stroke, rows.get(i)); i--) {
                free = rows.get(i);
            }
            if (free == null) {
                free = new ArrayList<>();
                rows.add(free);
            }
            free.add(stroke);
        }
        String blank = paint.apply(Terminal.Ink.SOFT, CONTINUED);
        for (List<Stroke> row : rows) {
            row.sort(Comparator.comparingInt(Stroke::from));
            StringBuilder marks = new StringBuilder(blank);
            int column = 0;
            for (Stroke stroke : row) {
                marks.repeat(' ', stroke.from - column);
                marks.append(paint.apply(stroke.mark.ink, stroke.drawn()));
                column = stroke.from + stroke.drawn().length();
            }
            lines.add(marks.toString());
        }
        return lines;
    }

    private static boolean fits(Stroke stroke, List<Stroke> row) {
        for (Stroke other : row) {
            if (stroke.from <= other.end() && other.from <= stroke.end()) {
                return false;
            }
        }
        return true;
    }

    private List<String> shortened(List<List<String>> drawn, List<Boolean> marked) {
        List<String> lines = new ArrayList<>();
        int hidden = 0;
        for (int i = 0; i < drawn.size(); i++) {
            boolean near = i == 0 || i == drawn.size() - 1;
            for (int j = Math.max(0, i - AROUND);
                    j <= Math.min(marked.size() - 1, i + AROUND);
                    j++) {
                near |= marked.get(j);
            }
            if (near || drawn.size() <= MOST_LINES) {
                hide(lines, hidden);
                hidden = 0;
                lines.addAll(drawn.get(i));
            } else {
                hidden++;
            }
        }
        return lines;
    }

    private void hide(List<String> lines, int hidden) {
        if (hidden > 0) {
            lines.add(
                    paint.apply(
                            Terminal.Ink.SOFT,
                            "  ⋮ " + hidden + (hidden == 1 ? " line" : " lines")));
        }
    }
}
