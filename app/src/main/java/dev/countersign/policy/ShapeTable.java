package dev.countersign.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The commands of which a part may be another in a remembered yes: {@code shapes.csv}, program, the
 * words that follow it ({@code +} is any one plain word), what is open, and the options of it that
 * take no value.
 */
final class ShapeTable {
    private static final Map<String, List<Row>> ROWS = read();

    private ShapeTable() {}

    /**
     * A line of the table.
     *
     * @param words what follows the program
     * @param open what may be another
     * @param switches options that take no value, so that what follows one is no value either
     */
    record Row(List<String> words, Shape.Open open, Set<String> switches) {
        /** How many words of a command stay: its program and these. */
        int fixed() {
            return words.size() + 1;
        }

        private boolean fits(List<String> command) {
            if (command.size() < fixed()) {
                return false;
            }
            for (int i = 0; i < words.size(); i++) {
                String given = command.get(i + 1);
                boolean fits =
                        words.get(i).equals("+")
                                ? !given.startsWith("-") && !given.isEmpty()
                                : words.get(i).equals(given);
                if (!fits) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The row of a command, its program first. */
    static Optional<Row> row(List<String> command) {
        return ROWS.getOrDefault(command.getFirst(), List.of()).stream()
                .filter(row -> row.fits(command))
                .findFirst();
    }

    private static List<String> words(String cell) {
        return cell.isEmpty() ? List.of() : List.of(cell.split(" "));
    }

    private static Map<String, List<Row>> read() {
        Map<String, List<Row>> rows = new HashMap<>();
        try (InputStream in = ShapeTable.class.getResourceAsStream("shapes.csv")) {
            if (in == null) {
                throw new IllegalStateException("no shapes.csv (this is a bug)");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            text.lines()
                    .skip(1)
                    .map(line -> line.split(",", -1))
                    .forEach(cells ->
                            rows.computeIfAbsent(cells[0], _ -> new ArrayList<>())
                                    .add(
                                            new Row(
                                                    words(cells[1]),
                                                    Shape.Open.of(cells[2]),
                                                    Set.copyOf(words(cells[3])))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }
}
