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
        return role != null
                && !TAKES_THE_REST.contains(role)
                && role.indexOf(' ') < 0
                && !role.equals("suffix");
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
        return read(tool, given(spelling, option));
    }

    /** An option with its value where it may stand: attached where it may be nowhere else. */
    private static List<String> given(String spelling, Tool.Option option) {
        String role = option.role();
        if (role == null) {
            return List.of(spelling);
        }
        if (option.takes() != Tool.Takes.WORD || spelling.equals("@")) {
            return List.of(attached(spelling));
        }
        List<String> words = new ArrayList<>(List.of(spelling));
        Stream.of(role.split(" ", -1)).forEach(_ -> words.add("v1"));
        return words;
    }

    private static void collect(Tool tool, Set<Tool> into) {
        if (into.add(tool)) {
            tool.subs().values().forEach(sub -> collect(sub, into));
        }
    }

    private static String attached(String spelling) {
        return spelling + (spelling.startsWith("--") ? "=" : "") + "v1";
    }

    @Test
    void whatStandsBehindAnOptionWithAnAttachedValueIsAWordOfItsOwn() {
        int compared = 0;
        Set<Tool> tools = new HashSet<>();
        listed().forEach(listed -> collect(listed.tool(), tools));
        for (Tool tool : tools) {
            for (String spelling : tool.takes().keySet()) {
                if (tool.takes().get(spelling) == Tool.Takes.WORD) {
                    continue;
                }
                for (List<String> words : List.of(List.of(spelling), List.of(spelling, "word"))) {
                    assertThat(read(tool, words).given)
                            .as(words.toString())
                            .first()
                            .matches(given -> given.value() == null);
                }
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(40);
    }

    @Test
    void aValueMayBeAttached() {
        int compared = 0;
        for (Listed listed : listed()) {
            for (String spelling : listed.spellings()) {
                // The others have no other form to be compared with.
                if (!takesOneValue(option(listed, spelling))
                        || option(listed, spelling).takes() != Tool.Takes.WORD) {
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
                        apart.addAll(given(spelling, option));
                        List<String> together = new ArrayList<>(apart.subList(1, apart.size()));
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
                    List<String> front = new ArrayList<>(given(spelling, option));
                    front.add("word");
                    List<String> behind = new ArrayList<>(List.of("word"));
                    behind.addAll(given(spelling, option));
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
                List<String> words = given(spelling, option);
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
}
