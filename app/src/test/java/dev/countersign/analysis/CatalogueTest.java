package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.countersign.call.Argument;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * The lazy reader of the catalogue agrees with a YAML library, and options are read in all forms.
 */
final class CatalogueTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Object yaml(String resource) {
        LoadSettings settings =
                LoadSettings.builder()
                        .setSchema(new FailsafeSchema())
                        .setCodePointLimit(10_000_000)
                        .build();
        return new Load(settings).loadFromString(Catalogue.resource(resource));
    }

    /** With numbers and truth values, as an editor that knows the schema reads it. */
    private static Object typed(String resource) {
        return new Load(LoadSettings.builder().setCodePointLimit(10_000_000).build())
                .loadFromString(Catalogue.resource(resource));
    }

    private static Map<String, Object> section(Object document, String key) {
        return Flow.map(Flow.map(document).getOrDefault(key, Map.of()));
    }

    @Test
    void everyToolReadsAsTheLibraryReadsIt() {
        Map<String, Object> tools = section(yaml("tools.yaml"), "tools");
        Catalogue catalogue = Catalogue.shipped();
        assertThat(catalogue.names()).containsExactlyInAnyOrderElementsOf(tools.keySet());
        for (String line : Catalogue.resource("tools.yaml").split("\n", -1)) {
            if (line.startsWith("  ") && line.indexOf(": {") > 0) {
                Object read = Flow.read(line.substring(line.indexOf(": {") + 2));
                String name = line.substring(2, line.indexOf(": {")).replace("\"", "");
                if (tools.containsKey(name)) {
                    assertThat(read).as(name).isEqualTo(tools.get(name));
                }
            }
        }
        for (String name : catalogue.names()) {
            assertThat(catalogue.tool(name)).as(name).isPresent();
        }
    }

    @Test
    void everySectionInFrontIsRead() {
        Object document = yaml("tools.yaml");
        Map<String, Object> variables = section(document, "env_exec");
        variables
                .values()
                .forEach(names ->
                        Flow.texts(names)
                                .forEach(name ->
                                        assertThat(
                                                        Catalogue.shipped()
                                                                .changesWhatRuns(
                                                                        name.replace("*", "X"),
                                                                        null))
                                                .as(name)
                                                .isTrue()));
        assertThat(Catalogue.shipped().changesWhatRuns("FORCE_COLOR", "1")).isFalse();
        section(document, "env_plain")
                .keySet()
                .forEach(names -> {
                    for (String name : names.split(", ", -1)) {
                        assertThat(Catalogue.shipped().changesWhatRuns(name, "$(id) -r/evil"))
                                .as(name)
                                .isTrue();
                    }
                });
        assertThat(Catalogue.shipped().secrets())
                .isEqualTo(Flow.texts(Flow.map(document).get("secret_reads")));
        assertThat(Catalogue.shipped().sensitive())
                .isEqualTo(Flow.texts(Flow.map(document).get("sensitive_writes")));
    }

    @Test
    void theOtherDataFilesReadAsTheLibraryReadsThem() {
        for (String name :
                List.of(
                        "places.yaml",
                        "protected.yaml",
                        "quiet.yaml",
                        "client-tools.yaml",
                        "cmdlets.yaml")) {
            Map<String, Object> read = new HashMap<>(DataFile.read(name).entries());
            assertThat(read).as(name).isEqualTo(Flow.map(yaml(name)));
        }
    }

    @Test
    void theDataFilesKeepTheirSchemas() throws JsonProcessingException {
        for (String name : List.of("tools", "quiet")) {
            JsonSchema schema =
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                            .getSchema(Catalogue.resource(name + ".schema.json"));
            JsonNode document = JSON.valueToTree(typed(name + ".yaml"));
            assertThat(schema.validate(document).stream().map(ValidationMessage::getMessage))
                    .as(name)
                    .isEmpty();
        }
    }

    @Test
    void aSchemaFindsWhatIsWrong() throws JsonProcessingException {
        JsonSchema schema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(Catalogue.resource("tools.schema.json"));
        for (String entry :
                List.of(
                        "{\"kind\": \"texts\", \"base\": [\"read\"]}",
                        "{\"base\": [\"reads\"]}",
                        "{\"base\": [\"read\"], \"pos\": [\"file\"]}",
                        "{\"base\": [\"read\"], \"opts\": {\"-o\": {\"arg\": \"file\"}}}",
                        "{\"base\": [\"read\"], \"opts\": {\"o\": {}}}",
                        "{\"base\": [\"read\"], \"option\": {}}",
                        "{\"sub\": {\"x\": {\"bases\": [\"read\"]}}}",
                        "{\"note\": \"nothing\"}",
                        "{\"same_as\": \"ls\", \"base\": [\"read\"]}")) {
            JsonNode document =
                    JSON.readTree(
                            "{\"version\": 1, \"env_exec\": {}, \"sensitive_writes\": [],"
                                    + " \"secret_reads\": [], \"tools\": {\"x\": "
                                    + entry
                                    + "}}");
            assertThat(schema.validate(document)).as(entry).isNotEmpty();
        }
    }

    @Test
    void noOptionIsListedTwice() {
        List<String> twice = new ArrayList<>();
        section(yaml("tools.yaml"), "tools").forEach((name, value) -> twice(name, value, twice));
        assertThat(twice).isEmpty();
    }

    private static void twice(String name, Object tool, List<String> twice) {
        Map<String, Object> yaml = Flow.map(tool);
        for (String key : List.of("opts", "gopts")) {
            List<String> spellings = new ArrayList<>();
            if (key.equals("opts")) {
                spellings.addAll(Flow.texts(yaml.get("valued")));
            }
            for (String joined : section(yaml, key).keySet()) {
                spellings.addAll(List.of(joined.split(",", -1)));
            }
            for (String spelling : spellings) {
                if (Collections.frequency(spellings, spelling) > 1) {
                    twice.add(name + " " + spelling);
                }
            }
        }
        section(yaml, "sub").forEach((sub, value) -> twice(name + " " + sub, value, twice));
    }

    @Test
    void sameAsLeadsToATool() {
        Map<String, Object> tools = section(yaml("tools.yaml"), "tools");
        tools.forEach((name, value) -> {
            Object same = Flow.map(value).get("same_as");
            if (same != null) {
                String other = String.valueOf(same).split(" ", -1)[0];
                assertThat(tools).as(name).containsKey(other);
            }
        });
    }

    private static Reading read(String tool, String... words) {
        List<Argument> arguments = new ArrayList<>();
        Stream.of(words).map(Argument::of).forEach(arguments::add);
        return Reading.of(Catalogue.shipped().tool(tool).orElseThrow(), arguments);
    }

    @Test
    void optionsAreFoundInEverySpelling() {
        for (String[] words :
                List.of(
                        new String[] {"-o", "out", "in"},
                        new String[] {"-oout", "in"},
                        new String[] {"-uoout", "in"},
                        new String[] {"--output=out", "in"},
                        new String[] {"--output", "out", "in"},
                        new String[] {"--outp=out", "in"},
                        new String[] {"in", "-o", "out"})) {
            Reading reading = read("sort", words);
            assertThat(reading.deeds()).as(String.join(" ", words)).contains(Deed.WRITE);
            assertThat(
                            reading.bound.stream()
                                    .filter(b -> b.role().equals("write"))
                                    .map(b -> b.word().value()))
                    .as(String.join(" ", words))
                    .containsExactly("out");
        }
        assertThat(read("sort", "--", "-o").deeds()).containsExactly(Deed.READ);
    }

    @Test
    void whatIsNotListedIsSaid() {
        assertThat(read("sort", "-r", "in").proven()).isTrue();
        assertThat(read("rm", "--frobnicate", "x").proven()).isFalse();
        assertThat(read("git", "frobnicate").proven()).isFalse();
        assertThat(read("git", "-C", "x", "status").path).containsExactly("status");
        assertThat(read("docker", "-H", "tcp://x", "compose", "-f", "y", "up").path)
                .containsExactly("compose", "up");
    }

    @Test
    void wrappersEndWhereTheirCommandBegins() {
        Reading reading = read("timeout", "-s", "KILL", "5", "rm", "-rf", "x");
        assertThat(reading.command.stream().map(Argument::value)).containsExactly("rm", "-rf", "x");
        assertThat(reading.proven()).isTrue();
        assertThat(read("env", "A=1", "B=2", "ls").assignments).hasSize(2);
    }
}
