package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.config.Surroundings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is in force for an agent, for people: what documents say first, each line with the place to
 * open, then the cells of the profile and of the autonomy mode, by what they say.
 */
final class EffectiveText {
    private static final int MARGIN = 2;
    private static final int GAP = 2;

    /** From the most that is permitted to the least. */
    private static final Comparator<String> ORDER =
            Comparator.comparingInt((String says) -> List.of("allow", "ask", "never").indexOf(says))
                    .thenComparing(Comparator.naturalOrder());

    private final Terminal terminal;
    private final Surroundings around;

    EffectiveText(Terminal terminal, Surroundings around) {
        this.terminal = terminal;
        this.around = around;
    }

    /** Cells that come from the same place. */
    private record Table(String name, String from) {}

    /** A line and its place. */
    private record Said(String text, String at) {}

    /**
     * The lines.
     *
     * @param answer {@code agent} and {@code lines}, as the API answers
     */
    List<String> lines(JsonNode answer) {
        Map<String, List<Said>> documents = new LinkedHashMap<>();
        Map<Table, Map<String, List<String>>> cells = new LinkedHashMap<>();
        for (JsonNode line : answer.path("lines")) {
            String subject = Visible.line(Json.text(line, "subject"));
            String says = Visible.line(Json.text(line, "says"));
            String document = Visible.line(Json.text(line, "document"));
            String at = Visible.line(Json.text(line, "at"));
            if (subject.startsWith("profile ") || subject.startsWith("autonomy ")) {
                String from = at.isEmpty() ? "built in" : near(at);
                cells.computeIfAbsent(
                                new Table(upToSlash(document), from), _ -> new TreeMap<>(ORDER))
                        .computeIfAbsent(says, _ -> new ArrayList<>())
                        .add(subject.substring(subject.indexOf(' ') + 1));
            } else {
                String text = subject.equals("rule") ? says : subject + "  " + says;
                documents
                        .computeIfAbsent(document, _ -> new ArrayList<>())
                        .add(new Said(text, at.isEmpty() ? "" : near(at)));
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(
                "In force for the agent "
                        + terminal.paint(
                                Terminal.Ink.STRONG, Visible.line(Json.text(answer, "agent"))));
        documents.forEach((document, said) -> {
            lines.add("");
            lines.add(terminal.paint(Terminal.Ink.STRONG, document));
            document(lines, said);
        });
        List<String> hidden = new ArrayList<>();
        answer.path("hidden").forEach(tool -> hidden.add(Visible.line(Json.text(tool, "tool"))));
        if (!hidden.isEmpty()) {
            lines.add("");
            lines.add(terminal.paint(Terminal.Ink.STRONG, "Denied whole, to be hidden"));
            Text.wrap(String.join(", ", hidden), terminal.width() - MARGIN)
                    .forEach(line -> lines.add(" ".repeat(MARGIN) + line));
        }
        cells.forEach((table, bySays) -> {
            lines.add("");
            lines.add(
                    terminal.paint(Terminal.Ink.STRONG, table.name())
                            + "  "
                            + terminal.paint(Terminal.Ink.SOFT, table.from()));
            bySays.forEach((says, names) -> table(lines, says, names));
        });
        return lines;
    }

    private static String upToSlash(String document) {
        int slash = document.lastIndexOf('/');
        return slash < 0 ? document : document.substring(0, slash);
    }

    /** In two columns where every line fits, otherwise each place below its line. */
    private void document(List<String> lines, List<Said> said) {
        int widest = said.stream().mapToInt(one -> one.text().length()).max().orElse(0);
        int places = said.stream().mapToInt(one -> one.at().length()).max().orElse(0);
        boolean beside = MARGIN + widest + GAP + places <= terminal.width();
        for (Said one : said) {
            int room = terminal.width() - 2 * MARGIN;
            List<String> text =
                    one.text().length() <= room ? List.of(one.text()) : Text.wrap(one.text(), room);
            for (int i = 0; i < text.size(); i++) {
                String margin = " ".repeat(i == 0 ? MARGIN : 2 * MARGIN);
                String shown = i == 0 ? painted(text.get(i)) : text.get(i);
                lines.add(
                        beside
                                ? (margin
                                                + shown
                                                + " ".repeat(widest - text.get(i).length() + GAP)
                                                + terminal.paint(Terminal.Ink.SOFT, one.at()))
                                        .stripTrailing()
                                : margin + shown);
            }
            if (!beside && !one.at().isEmpty()) {
                lines.add(" ".repeat(2 * MARGIN) + terminal.paint(Terminal.Ink.SOFT, one.at()));
            }
        }
    }

    private void table(List<String> lines, String says, List<String> names) {
        List<String> text =
                Text.beside(
                        " ".repeat(MARGIN) + says,
                        MARGIN + "allow".length() + GAP,
                        String.join(", ", names),
                        terminal.width());
        lines.add(" ".repeat(MARGIN) + painted(text.getFirst().substring(MARGIN)));
        lines.addAll(text.subList(1, text.size()));
    }

    /** An effect that stands in front, in its ink. */
    private String painted(String text) {
        int end = text.indexOf(' ') < 0 ? text.length() : text.indexOf(' ');
        String word = text.substring(0, end);
        Terminal.Ink ink = Terminal.Ink.ofEffect(word.equals("never") ? "deny" : word);
        return ink == Terminal.Ink.SOFT ? text : terminal.paint(ink, word) + text.substring(end);
    }

    /** A place as it can be opened from here, no longer than it must be. */
    private String near(String at) {
        try {
            Path path = Path.of(at);
            if (!path.isAbsolute()) {
                return at;
            }
            if (path.startsWith(around.cwd())) {
                return around.cwd().relativize(path).toString();
            }
            return path.startsWith(around.home())
                    ? "~/" + around.home().relativize(path).toString().replace('\\', '/')
                    : at;
        } catch (InvalidPathException noPathHere) {
            return at;
        }
    }
}
