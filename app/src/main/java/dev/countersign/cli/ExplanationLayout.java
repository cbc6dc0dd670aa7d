package dev.countersign.cli;

import dev.countersign.policy.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The explanation of a decision in the columns there are: long lines go on below where their text
 * begins, and the place of a rule stands on a line of its own where it does not fit. The first line
 * stays whole, for programs that read it.
 */
final class ExplanationLayout {
    private static final Pattern LINE = Pattern.compile("( *(?:\\* )?)(\\S+)(.*)");
    private static final Pattern OPERATION = Pattern.compile("  (\\w+)  (\\w+)  .*");
    private static final Pattern PLACE = Pattern.compile("(.*\\S) (\\[[^\\[\\]]*:\\d+:\\d+\\])");

    private final Terminal terminal;

    ExplanationLayout(Terminal terminal) {
        this.terminal = terminal;
    }

    List<String> lines(String explanation) {
        List<String> lines = new ArrayList<>();
        for (String line : explanation.lines().toList()) {
            if (lines.isEmpty()) {
                lines.add(painted(line));
                continue;
            }
            Matcher heading = OPERATION.matcher(line);
            boolean heads = heading.matches() && isEffect(heading.group(1));
            boolean ends = !line.startsWith(" ") && lines.getLast().startsWith(" ");
            if (heads || ends) {
                lines.add("");
            }
            Matcher placed = PLACE.matcher(line);
            String text = placed.matches() ? placed.group(1) : line;
            String place = placed.matches() ? placed.group(2) : "";
            if (line.length() <= terminal.width()) {
                lines.add((painted(text) + " " + soft(place)).stripTrailing());
                continue;
            }
            int start = heads ? heading.end(2) + 2 : line.length() - line.stripLeading().length();
            int margin = heads ? start : start + (line.startsWith("* ", start) ? 4 : 2);
            int room = Math.max(20, terminal.width() - margin);
            List<String> parts = Text.wrap(text.substring(start), room);
            lines.add(painted(text.substring(0, start) + parts.getFirst()));
            parts.subList(1, parts.size()).forEach(part -> lines.add(" ".repeat(margin) + part));
            if (!place.isEmpty()) {
                Text.wrap(place, room).forEach(part -> lines.add(" ".repeat(margin) + soft(part)));
            }
        }
        return lines;
    }

    private String soft(String text) {
        return terminal.paint(Terminal.Ink.SOFT, text);
    }

    /** The effect that stands in front, in its ink. */
    private String painted(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return line;
        }
        String word = matcher.group(2);
        String effect = word.endsWith(":") ? word.substring(0, word.length() - 1) : word;
        return isEffect(effect)
                ? matcher.group(1)
                        + terminal.paint(Terminal.Ink.ofEffect(effect), effect)
                        + word.substring(effect.length())
                        + matcher.group(3)
                : line;
    }

    private static boolean isEffect(String word) {
        return Effect.of(word.toLowerCase(Locale.ROOT)).isPresent();
    }
}
