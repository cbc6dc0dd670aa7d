package dev.countersign.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows in aligned columns; the last column is cut where the terminal ends. */
final class Table {
    private static final String GAP = "  ";

    private final List<String> heads;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heads) {
        this.heads = List.of(heads);
    }

    /** One cell a column; cells are drawn so that nothing in them is invisible. */
    Table row(String... cells) {
        if (cells.length != heads.size()) {
            throw new IllegalArgumentException(
                    cells.length + " cells in " + heads.size() + " columns (this is a bug)");
        }
        List<String> row = new ArrayList<>();
        for (String cell : cells) {
            row.add(Visible.line(cell));
        }
        rows.add(row);
        return this;
    }

    /** The lines, none longer than {@code width} unless the fixed columns alone are. */
    List<String> lines(int width) {
        int last = heads.size() - 1;
        int[] widths = new int[heads.size()];
        List<List<String>> all = new ArrayList<>(rows);
        all.add(0, heads);
        for (List<String> row : all) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        int before = 0;
        for (int i = 0; i < last; i++) {
            before += widths[i] + GAP.length();
        }
        int room = Math.max(8, width - before);
        List<String> lines = new ArrayList<>();
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < last; i++) {
                line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length()).append(GAP);
            }
            line.append(cut(row.get(last), room));
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** The text, or as much of it as fits, ending in an ellipsis. */
    static String cut(String text, int room) {
        if (text.length() <= room) {
            return text;
        }
        int end = room - 1;
        if (Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end) + "…";
    }
}
