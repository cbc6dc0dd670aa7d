package dev.countersign.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gg.jte.Content;
import gg.jte.html.HtmlTemplateOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the pages say, in the language of who reads them: every sentence stands in {@code
 * texts_en.properties}, and a file beside it for another language says the same in that one. What a
 * translation lacks is said in English.
 *
 * <p>A text has places for what is put in, {@code {0}} and so on. One that ends in {@code .one} and
 * {@code .other} is chosen by the number that is put in first.
 */
public final class Texts {
    private static final ScopedValue<Texts> READERS = ScopedValue.newInstance();
    private static final Map<String, Optional<Texts>> LANGUAGES = new ConcurrentHashMap<>();
    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}");
    private static final int LONGEST_HEADER = 200;
    private static final String OF_SCRIPTS = "script.";

    private final String language;
    private final Locale locale;
    private final Properties lines;
    private final Map<String, Text> read = new ConcurrentHashMap<>();

    /** Read at the first page, not at the start. */
    private static final class English {
        private static final Texts TEXTS = load("en").orElseThrow();
    }

    private Texts(String language, Properties lines) {
        this.language = language;
        this.locale = Locale.of(language);
        this.lines = lines;
    }

    /**
     * Shows something in the best language there is.
     *
     * @param wanted what the reader's browser says of languages, an Accept-Language header
     */
    static void in(String wanted, Runnable shown) {
        ScopedValue.where(READERS, wanted(wanted)).run(shown);
    }

    /** The tag of the language that is spoken. */
    public static String language() {
        return texts().language;
    }

    /** In which the names of months are. */
    static Locale locale() {
        return texts().locale;
    }

    /** A text without markup, with what is put in. */
    public static String say(String key, Object... put) {
        StringBuilder said = new StringBuilder();
        for (Part part : texts().text(key, put).parts()) {
            said.append(
                    switch (part) {
                        case Part.Words words -> words.text();
                        case Part.Place place -> place.of(put);
                    });
        }
        return said.toString();
    }

    /** A text with markup of its own; what is put in is escaped, unless it is content of a page. */
    public static Content html(String key, Object... put) {
        List<Part> parts = texts().text(key, put).parts();
        return output -> {
            for (Part part : parts) {
                switch (part) {
                    case Part.Words words -> output.writeContent(words.text());
                    case Part.Place place -> place.write((HtmlTemplateOutput) output, put);
                }
            }
        };
    }

    /** What the scripts of the pages say, as a JSON object. */
    public static String ofScripts() {
        ObjectNode said = JsonNodeFactory.instance.objectNode();
        English.TEXTS.lines.stringPropertyNames().stream()
                .filter(key -> key.startsWith(OF_SCRIPTS))
                .sorted()
                .forEach(key -> said.put(key.substring(OF_SCRIPTS.length()), texts().line(key)));
        return said.toString();
    }

    private static Texts texts() {
        return READERS.isBound() ? READERS.get() : English.TEXTS;
    }

    private static Texts wanted(String header) {
        if (header.isEmpty() || header.length() > LONGEST_HEADER) {
            return English.TEXTS;
        }
        try {
            for (Locale.LanguageRange range : Locale.LanguageRange.parse(header)) {
                String language = range.getRange().replaceFirst("-.*", "");
                Optional<Texts> texts = of(language);
                if (texts.isPresent() && range.getWeight() > 0) {
                    return texts.get();
                }
            }
        } catch (IllegalArgumentException malformed) {
            // Whoever sends it reads English.
        }
        return English.TEXTS;
    }

    private static Optional<Texts> of(String language) {
        if (language.equals("en")) {
            return Optional.of(English.TEXTS);
        }
        return LANGUAGE.matcher(language).matches()
                ? LANGUAGES.computeIfAbsent(language, Texts::load)
                : Optional.empty();
    }

    private static Optional<Texts> load(String language) {
        try (InputStream in =
                Texts.class.getResourceAsStream("texts_" + language + ".properties")) {
            if (in == null) {
                return Optional.empty();
            }
            Properties lines = new Properties();
            lines.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            return Optional.of(new Texts(language, lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Text text(String key, Object... put) {
        boolean counts = put.length > 0 && put[0] instanceof Number;
        boolean one = counts && ((Number) put[0]).longValue() == 1;
        return read.computeIfAbsent(
                counts && !English.TEXTS.lines.containsKey(key)
                        ? key + (one ? ".one" : ".other")
                        : key,
                each -> Text.of(line(each)));
    }

    /** A page without a word is worse than one with an odd one: what is missing shows its key. */
    private String line(String key) {
        return lines.getProperty(key, English.TEXTS.lines.getProperty(key, key));
    }

    /** A text taken apart. */
    private record Text(List<Part> parts) {
        private static final Pattern PLACE = Pattern.compile("\\{(\\d)}");
        private static final Pattern WITHIN_TAG =
                Pattern.compile("<([a-z]+)[^<>]*? ([a-z-]+)=\"[^<>\"]*$");

        static Text of(String line) {
            List<Part> parts = new ArrayList<>();
            Matcher place = PLACE.matcher(line);
            int at = 0;
            while (place.find()) {
                parts.add(new Part.Words(line.substring(at, place.start())));
                Matcher tag = WITHIN_TAG.matcher(line.substring(0, place.start()));
                boolean within = tag.find();
                parts.add(
                        new Part.Place(
                                Integer.parseInt(place.group(1)),
                                within ? tag.group(1) : null,
                                within ? tag.group(2) : null));
                at = place.end();
            }
            parts.add(new Part.Words(line.substring(at)));
            return new Text(List.copyOf(parts));
        }
    }

    private sealed interface Part {
        /** As the file says it. */
        record Words(String text) implements Part {}

        /**
         * Where something is put in.
         *
         * @param tag in an attribute of which it stands, or null
         */
        record Place(int number, @Nullable String tag, @Nullable String attribute) implements Part {

            String of(Object... put) {
                return number < put.length ? String.valueOf(put[number]) : "";
            }

            void write(HtmlTemplateOutput output, Object... put) {
                if (tag == null && number < put.length && put[number] instanceof Content content) {
                    output.writeUserContent(content);
                } else {
                    output.setContext(tag, attribute);
                    output.writeUserContent(of(put));
                    output.setContext(null, null);
                }
            }
        }
    }
}
