package dev.countersign.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.NotedFacts;
import dev.countersign.call.Context;
import dev.countersign.call.Machine;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.Told;
import dev.countersign.call.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a machine tells, on its way to the server and in what is kept. */
final class ToldJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Told TOLD =
            new Told(
                    "macos",
                    "/Users/ana",
                    Shell.ZSH,
                    "/Users/ana/shop",
                    new Told.Guard(List.of("/Users/ana/e"), Set.of("127.0.0.1:7374"), Set.of(7L)),
                    List.of(
                            new Told.Answer(Told.Ask.RESOLVE, "/Users/ana/l", List.of("/etc")),
                            new Told.Answer(Told.Ask.TEXT, "/Users/ana/m", List.of("all:\n")),
                            new Told.Answer(Told.Ask.LIST, "/Users/ana/d", List.of()),
                            new Told.Answer(Told.Ask.KIND, "/Users/ana/d", List.of("directory"))),
                    true,
                    List.of("no hook"),
                    false);

    private static ToolCall call(Machine machine) {
        return new ToolCall(
                "x",
                "Bash",
                JSON.createObjectNode().put("command", "ls"),
                new Context("/w", "/w", "/home/u", Shell.BASH, "linux", Map.of(), machine),
                new Subject("default", "a", null, "ana@example.com", "shop"),
                "s",
                "s",
                null);
    }

    @Test
    void comesBackAsItWas() throws Exception {
        assertThat(ToldJson.read(JSON.readTree(ToldJson.of(TOLD).toString()))).isEqualTo(TOLD);
    }

    @Test
    void aCallKeepsWhoseFilesItIsAbout() throws Exception {
        for (Machine machine :
                List.of(
                        Machine.HERE,
                        Machine.UNKNOWN,
                        new Machine.Elsewhere(TOLD.withAnyProject(true)),
                        new Machine.AsTold(TOLD))) {
            ObjectNode kept = (ObjectNode) JSON.readTree(CallJson.of(call(machine)).toString());
            assertThat(CallJson.read(kept)).isEqualTo(call(machine));
        }
    }

    @Test
    void aRecordKeepsWhereLinksLedAndNoContent() {
        String brief = CallJson.brief(call(new Machine.Elsewhere(TOLD))).toString();
        assertThat(brief).contains("/etc").doesNotContain("all:", "/Users/ana/d");
    }

    /** A mask may take the place of a path; what was told then cannot be used, nor passed over. */
    @Test
    void whatWasMaskedIsAskedAbout() {
        ObjectNode kept = CallJson.of(call(new Machine.Elsewhere(TOLD)));
        ((ObjectNode) kept.path("machine").path("told")).put("home", "[masked]");
        assertThat(CallJson.read(kept).context().machine())
                .isInstanceOfSatisfying(
                        Machine.Elsewhere.class,
                        there ->
                                assertThat(there.told())
                                        .isNotNull()
                                        .extracting(Told::complete)
                                        .isEqualTo(false));
    }

    @Test
    void whichProjectItIsNoMachineSays() throws Exception {
        ObjectNode json = ToldJson.of(TOLD.withAnyProject(true));
        assertThat(ToldJson.read(json).anyProject()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    []                                             | not a JSON object
                    {}                                             | `version` is not 1
                    {'version':1,'platform':'amiga'}               | `platform` is none of
                    {'version':1,'platform':'linux','shell':'x'}   | `shell` is none
                    {'version':1,'unknown':1}                      | unknown member `unknown`
                    GOOD+,'home':'here'                            | `home` is no absolute path
                    GOOD+,'complete':1                             | `complete` is neither
                    GOOD+,'answers':{}                             | `answers` is no list
                    GOOD+,'answers':[{'ask':'why'}]                | `ask` of an answer is none
                    GOOD+,'answers':[{'ask':'kind','path':'x'}]    | `path` is no absolute path
                    GOOD+,'answers':[{'ask':'kind','path':'/x','answer':'pipe'}] | is none of file
                    GOOD+,'answers':[{'ask':'list','path':'/x','answer':'a'}]    | no list of texts
                    GOOD+,'answers':[{'ask':'resolve','path':'/x','answer':'a'}] | no absolute path
                    GOOD+,'guarded':{'folders':['x']}              | `guarded.folders` is no absolute
                    GOOD+,'guarded':{'processes':['x']}            | no short list of numbers
                    GOOD+,'settings':'none'                        | `settings` is no list
                    """)
    void whatIsMalformedIsSaid(String text, String said) throws Exception {
        ObjectNode good = ToldJson.of(TOLD);
        String json = text.replace('\'', '"');
        var given =
                json.startsWith("GOOD+")
                        ? good.setAll(
                                (ObjectNode) JSON.readTree("{" + json.substring(6).strip() + "}"))
                        : JSON.readTree(json);
        assertThatThrownBy(() -> ToldJson.read(given))
                .isInstanceOf(ToldJson.Malformed.class)
                .hasMessageContaining(said);
    }

    @Test
    void moreThanMayBeSentIsRefused() {
        List<Told.Answer> many =
                IntStream.rangeClosed(0, NotedFacts.MOST_ANSWERS)
                        .mapToObj(i -> new Told.Answer(Told.Ask.KIND, "/f" + i, List.of("missing")))
                        .toList();
        assertThatThrownBy(() -> ToldJson.read(ToldJson.of(TOLD.withAnswers(many))))
                .isInstanceOf(ToldJson.Malformed.class)
                .hasMessageContaining("more than 5000");
    }
}
