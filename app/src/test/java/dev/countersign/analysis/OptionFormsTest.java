package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Argument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * One option in all its forms is one thing, for every program of the catalogue: each spelling,
 * value attached or apart, abbreviated, in a bundle, in front of the words or behind them.
 */
final class OptionFormsTest {
    private static final Set<String> TAKES_THE_REST = Set.of("exec", "text*");

    /**
     * An option of the catalogue.
     *
     * @param spellings what stands together in the catalogue
     * @param tool the program
     */
    private record Listed(String name, Tool tool, List<String> spellings) {}

    private static List<Listed> listed() {
        Object yaml =
                new Load(LoadSettings.builder().setCodePointLimit(10_000_000).build())
                        .loadFromString(Catalogue.resource("tools.yaml"));
        List<Listed> all = new ArrayList<>();
        Flow.map(Flow.map(yaml).getOrDefault("tools", Map.of()))
                .forEach((name, value) -> {
                    Map<String, Object> entry = Flow.map(value);
                    Tool tool = Catalogue.shipped().tool(name).orElseThrow();
                    Flow.map(entry.getOrDefault("opts", Map.of()))
                            .keySet()
                            .forEach(joined ->
                                    all.add(
                                            new Listed(
                                                    name,
                                                    tool,
                                                    Stream.of(joined.split(",", -1))
                                                            .filter(OptionFormsTest::standsAlone)
                                                            .toList())));
                });
        all.removeIf(one -> one.spellings().isEmpty());
        return all;
    }

    /** {@code +} only stands in front of its value. */
    private static boolean standsAlone(String spelling) {
        return !spelling.equals("+");
    }

    private static Reading read(Tool tool, List<String> words) {
        return Reading.of(tool, words.stream().map(Argument::of).toList());
    }

    private static Reading read(Tool tool, String... words) {
        return read(tool, List.of(words));
    }

    /** What matters of a reading: effects, and words by their roles. */
    private static String means(Reading reading) {
        List<String> bound = new ArrayList<>();
        reading.bound.forEach(word -> bound.add(word.role() + "=" + word.word().value()));
        bound.sort(null);
        return reading.deeds() + " " + bound + " " + reading.unlisted;
    }

    private static boolean takesOneValue(Tool.Option option) {
        String role = option.role();
        return role != null && !TAKES_THE_REST.contains(role) && role.indexOf(' ') < 0;
    }

    /** Whether a value only counts where nothing stands between it and the option. */
    private static boolean attachedOnly(String spelling, Tool.Option option) {
        return spelling.equals("@")
                || (option.role() != null
                        && (option.takes() != Tool.Takes.WORD || option.role().equals("suffix")));
    }

    private static String attached(String spelling) {
        boolean plain = isShort(spelling) || spelling.equals("@");
        return plain ? spelling + "v1" : spelling + "=v1";
    }

    /** The option with the value it takes, if it takes one. */
    private static List<String> written(String spelling, Tool.Option option) {
        return option.role() == null
                ? List.of(spelling)
                : attachedOnly(spelling, option)
                        ? List.of(attached(spelling))
                        : List.of(spelling, "v1");
    }

    private static Tool.Option option(Listed listed, String spelling) {
        return Objects.requireNonNull(
                listed.tool().options().get(spelling), listed.name() + " " + spelling);
    }

    private static boolean isShort(String spelling) {
        return spelling.length() == 2 && spelling.charAt(0) == '-' && spelling.charAt(1) != '-';
    }

    @Test
    void everySpellingMeansTheSame() {
        int compared = 0;
        for (Listed listed : listed()) {
            String first = listed.spellings().getFirst();
            Tool.Option option = option(listed, first);
            String expected = means(withValue(listed.tool(), first, option));
            for (String other : listed.spellings()) {
                assertThat(means(withValue(listed.tool(), other, option)))
                        .as(listed.name() + " " + first + " " + other)
                        .isEqualTo(expected);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(1_500);
    }

    private static Reading withValue(Tool tool, String spelling, Tool.Option option) {
        if (attachedOnly(spelling, option)) {
            return read(tool, written(spelling, option));
        }
        List<String> words = new ArrayList<>(List.of(spelling));
        String role = option.role();
        if (role != null) {
            Stream.of(role.split(" ", -1)).forEach(_ -> words.add("v1"));
        }
        return read(tool, words);
    }

    @Test
    void aValueMayBeAttached() {
        int compared = 0;
        for (Listed listed : listed()) {
            for (String spelling : listed.spellings()) {
                Tool.Option option = option(listed, spelling);
                if (!takesOneValue(option) || attachedOnly(spelling, option)) {
                    continue;
                }
                Tool tool = listed.tool();
                String apart = means(read(tool, spelling, "v1"));
                if (spelling.startsWith("--") && spelling.length() > 2) {
                    assertThat(means(read(tool, spelling + "=v1")))
                            .as(listed.name() + " " + spelling)
                            .isEqualTo(apart);
                    compared++;
                } else if (isShort(spelling) && !tool.options().containsKey(spelling + "v1")) {
                    assertThat(means(read(tool, spelling + "v1")))
                            .as(listed.name() + " " + spelling)
                            .isEqualTo(apart);
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(500);
    }

    @Test
    void anAbbreviationIsTheOptionOrTheWorstOfThoseItMayBe() {
        int compared = 0;
        for (Listed listed : listed()) {
            for (String spelling : listed.spellings()) {
                if (!spelling.startsWith("--") || spelling.length() < 6) {
                    continue;
                }
                Tool tool = listed.tool();
                String shorter = spelling.substring(0, spelling.length() - 1);
                Set<String> candidates = new HashSet<>();
                for (String other : tool.spellings("")) {
                    if (other.startsWith(shorter)) {
                        candidates.add(other);
                    }
                }
                if (tool.spellings("").contains(shorter)
                        || !takesNoneOrOne(option(listed, spelling))) {
                    continue;
                }
                Reading full = withValue(tool, spelling, option(listed, spelling));
                Reading brief = withValue(tool, shorter, option(listed, spelling));
                String as = listed.name() + " " + shorter;
                if (candidates.size() == 1) {
                    assertThat(means(brief)).as(as).isEqualTo(means(full));
                } else if (option(listed, spelling).harmful()) {
                    assertThat(brief.given)
                            .as(as)
                            .anyMatch(given -> {
                                Tool.Option chosen = tool.options().get(given.name());
                                return chosen != null && chosen.harmful();
                            });
                }
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(500);
    }

    private static boolean takesNoneOrOne(Tool.Option option) {
        return option.role() == null || takesOneValue(option);
    }

    @Test
    void aBundleIsItsLetters() {
        int compared = 0;
        for (Listed listed : listed()) {
            for (String spelling : listed.spellings()) {
                Tool tool = listed.tool();
                Tool.Option option = option(listed, spelling);
                if (!isShort(spelling) || !takesNoneOrOne(option)) {
                    continue;
                }
                for (String plain : tool.options().keySet()) {
                    boolean bundles =
                            isShort(plain)
                                    && !plain.equals(spelling)
                                    && tool.options().get(plain).role() == null
                                    && !tool.spellings("").contains(plain + spelling.charAt(1));
                    if (bundles) {
                        List<String> apart = new ArrayList<>(List.of(plain));
                        apart.addAll(written(spelling, option));
                        List<String> together = new ArrayList<>(written(spelling, option));
                        together.set(0, plain + together.getFirst().substring(1));
                        assertThat(means(read(tool, together)))
                                .as(listed.name() + " " + together)
                                .isEqualTo(means(read(tool, apart)));
                        compared++;
                    }
                }
            }
        }
        assertThat(compared).isGreaterThan(500);
    }

    @Test
    void optionsCountInFrontOfTheWordsAndBehindThem() {
        int compared = 0;
        for (Listed listed : listed()) {
            Tool tool = listed.tool();
            boolean runs =
                    tool.positionals().stream()
                            .anyMatch(role -> role.startsWith("exec") || role.contains("script"));
            boolean stops = tool.kind().equals("builtin");
            if (runs || stops || !tool.subs().isEmpty()) {
                continue;
            }
            for (String spelling : listed.spellings()) {
                Tool.Option option = option(listed, spelling);
                if (takesNoneOrOne(option)) {
                    List<String> front = new ArrayList<>(written(spelling, option));
                    front.add("word");
                    List<String> behind = new ArrayList<>(List.of("word"));
                    behind.addAll(written(spelling, option));
                    assertThat(means(read(tool, behind)))
                            .as(listed.name() + " " + behind)
                            .isEqualTo(means(read(tool, front)));
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(1_000);
    }

    @Test
    void anOptionMoreNeverTakesAnEffectOfAnotherAway() {
        for (Listed listed : listed()) {
            Tool tool = listed.tool();
            for (String spelling : listed.spellings()) {
                Tool.Option option = option(listed, spelling);
                if (option.add().isEmpty() || !takesNoneOrOne(option)) {
                    continue;
                }
                List<String> words = written(spelling, option);
                for (String plain : tool.options().keySet()) {
                    if (tool.options().get(plain).role() == null) {
                        List<String> more = new ArrayList<>(words);
                        more.add(plain);
                        assertThat(read(tool, more).deeds())
                                .as(listed.name() + " " + more)
                                .containsAll(option.add());
                    }
                }
            }
        }
    }

    @Test
    void aWordBehindAnOptionWithAnAttachedValueStaysAWord() {
        int compared = 0;
        Catalogue catalogue = Catalogue.shipped();
        for (String name : catalogue.names()) {
            Tool tool = catalogue.tool(name).orElseThrow();
            Set<String> attached = new HashSet<>(catalogue.texts(name, "optional"));
            attached.addAll(catalogue.texts(name, "numbers"));
            tool.options()
                    .forEach((spelling, option) -> {
                        // By themselves `@` and `+` are words.
                        if (takesOneValue(option)
                                && attachedOnly(spelling, option)
                                && spelling.length() > 1) {
                            attached.add(spelling);
                        }
                    });
            for (String spelling : tool.subs().isEmpty() ? attached : Set.<String>of()) {
                Reading reading = read(tool, spelling, "word");
                assertThat(reading.values(spelling)).as(name + " " + spelling).isEmpty();
                assertThat(words(reading))
                        .as(name + " " + spelling)
                        .isEqualTo(words(read(tool, "word")));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(50);
    }

    /** The words that are no options and belong to none, by what they are for. */
    private static List<String> words(Reading reading) {
        List<String> words = new ArrayList<>();
        reading.bound.stream()
                .filter(word -> word.option() == null)
                .forEach(word -> words.add(word.role() + "=" + word.word().value()));
        reading.positionals.forEach(word -> words.add(String.valueOf(word.value())));
        reading.command.forEach(word -> words.add("runs " + word.value()));
        return words;
    }
}
