package dev.countersign.audit.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A set of rules that auditors ask about, and what our records say to each. What a control asks for
 * is put in our words; the text of the standard is what counts.
 *
 * @param id as options name it, such as {@code soc2}
 * @param title for the head of a report
 * @param about where the controls come from and what the mapping is worth
 * @param controls in the order of the standard
 */
public record Framework(String id, String title, String about, List<Control> controls) {
    /** Those there are, as files beside this class. */
    private static final List<String> NAMES = List.of("soc2", "hipaa", "iso42001", "eu-ai-act");

    public Framework {
        controls = List.copyOf(controls);
    }

    /**
     * A control.
     *
     * @param id such as {@code CC6.1}
     * @param name a few words
     * @param asks what it asks for, in one sentence of ours
     * @param shows what in our records bears on it
     * @param lacks what they do not show, which others must
     * @param sections of the report to read
     * @param figures those that matter most, by {@link Figure#id}
     */
    public record Control(
            String id,
            String name,
            String asks,
            String shows,
            String lacks,
            List<String> sections,
            List<String> figures) {
        public Control {
            sections = List.copyOf(sections);
            figures = List.copyOf(figures);
        }
    }

    public static List<String> names() {
        return NAMES;
    }

    /**
     * The one of this name.
     *
     * @throws IllegalArgumentException when there is none; the message is for people
     */
    public static Framework of(String name) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "unknown framework `"
                            + name
                            + "`"
                            + nearest(name)
                            + "; there are "
                            + String.join(", ", NAMES));
        }
        try (InputStream in = Framework.class.getResourceAsStream(name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException(name + ".yaml is missing (this is a bug)");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Map<?, ?> map =
                    (Map<?, ?>)
                            new Load(LoadSettings.builder().setLabel(name).build())
                                    .loadFromString(text);
            List<Control> controls = new ArrayList<>();
            for (Object each : (List<?>) value(map, "controls")) {
                controls.add(control((Map<?, ?>) each));
            }
            return new Framework(name, text(map, "title"), text(map, "about"), controls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whoever writes ISO 42001 or AI Act means one that has the same letters, or many of them. */
    private static String nearest(String name) {
        String plain = plain(name);
        for (String known : NAMES) {
            String letters = plain(known);
            boolean near =
                    !plain.isEmpty()
                            && (letters.contains(plain)
                                    || plain.contains(letters)
                                    || differences(letters, plain) <= 2);
            if (near) {
                return ", did you mean `" + known + "`";
            }
        }
        return "";
    }

    private static String plain(String name) {
        StringBuilder plain = new StringBuilder();
        name.codePoints()
                .limit(40)
                .filter(Character::isLetterOrDigit)
                .map(Character::toLowerCase)
                .forEach(plain::appendCodePoint);
        return plain.toString();
    }

    /** Levenshtein's distance. */
    private static int differences(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int swap = corner + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                corner = row[j];
                row[j] = Math.min(swap, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    private static Control control(Map<?, ?> map) {
        return new Control(
                text(map, "id"),
                text(map, "name"),
                text(map, "asks"),
                text(map, "shows"),
                text(map, "lacks"),
                texts(map, "sections"),
                texts(map, "figures"));
    }

    private static List<String> texts(Map<?, ?> map, String name) {
        return ((List<?>) value(map, name)).stream().map(String::valueOf).toList();
    }

    private static String text(Map<?, ?> map, String name) {
        return String.valueOf(value(map, name)).strip();
    }

    private static Object value(Map<?, ?> map, String name) {
        Object value = map.get(name);
        if (value == null) {
            throw new IllegalStateException("`" + name + "` is missing (this is a bug)");
        }
        return value;
    }
}
