package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Editors, which have the schema alone, say the same of a document as the reader. */
final class SchemaTest {
    private static final Path FORMS = Path.of("src/test/resources/schema/forms.txt");
    private static final String READER_ONLY = "# only the reader refuses";
    private static final String WINDOW = "windows: {w: {days: mon-fri, zone: UTC}}\n";

    private static JsonNode text() {
        try (InputStream in = PolicyReader.class.getResourceAsStream("policy.schema.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Whether the schema takes a document. */
    static boolean takes(String file, String document) {
        return schema().validate(
                        json(
                                Objects.requireNonNull(
                                        TreeReader.read(file, document, 65_536).tree())))
                .isEmpty();
    }

    private static JsonSchema schema() {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(text());
    }

    @Test
    void theReaderAndTheSchemaAgreeOnEveryForm() throws IOException {
        JsonSchema schema = schema();
        boolean readerOnly = false;
        int agreed = 0;
        List<String> wrong = new ArrayList<>();
        for (String line : Files.readAllLines(FORMS)) {
            readerOnly |= line.startsWith(READER_ONLY);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String document = document(line);
            boolean read =
                    PolicyReader.read("f.yaml", document, Level.PROJECT, true).problems().stream()
                            .noneMatch(PolicyProblem::error);
            Tree tree = TreeReader.read("f.yaml", document, 65_536).tree();
            boolean valid = schema.validate(json(Objects.requireNonNull(tree))).isEmpty();
            if (readerOnly ? read || !valid : read != valid) {
                wrong.add(line + "   reader: " + read + ", schema: " + valid);
            }
            agreed += read == valid ? 1 : 0;
        }
        assertThat(wrong).isEmpty();
        assertThat(agreed).isGreaterThan(150);
    }

    /** What ships has the form that is published. */
    @Test
    void everyBuiltInDefinitionIsValid() {
        JsonSchema schema = schema();
        for (Definition definition : Library.builtIn().all()) {
            assertThat(schema.validate(json(definition.tree()))).as(definition.name()).isEmpty();
        }
    }

    private static String document(String line) {
        String document =
                (line.startsWith("{") || line.startsWith("policy:") || line.startsWith("polcy")
                                ? ""
                                : "policy: x\n")
                        + line
                        + "\n";
        return line.startsWith("{")
                ? document
                : document.contains("during: w") || document.contains("outside: w")
                        ? document + WINDOW
                        : document;
    }

    /** As the core schema of YAML 1.2 reads it. */
    private static JsonNode json(Tree tree) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (tree) {
            case Tree.Text text ->
                    text.absent()
                            ? nodes.nullNode()
                            : text.plain() && text.value().matches("[0-9]+")
                                    ? nodes.numberNode(Long.parseLong(text.value()))
                                    : text.plain() && text.value().matches("true|false")
                                            ? nodes.booleanNode(text.value().equals("true"))
                                            : nodes.textNode(text.value());
            case Tree.Items items -> {
                ArrayNode array = nodes.arrayNode();
                items.items().forEach(item -> array.add(json(item)));
                yield array;
            }
            case Tree.Entries map -> {
                ObjectNode object = nodes.objectNode();
                map.entries().forEach(e -> object.set(e.key().value(), json(e.value())));
                yield object;
            }
        };
    }

    /** What ECMA 262 and the engines of other languages read alike: no classes by name. */
    @Test
    void itsRegularExpressionsAreReadEverywhereAlike() {
        List<String> patterns = new ArrayList<>(text().findValuesAsText("pattern"));
        assertThat(patterns).hasSizeGreaterThan(10);
        assertThat(patterns)
                .allSatisfy(pattern -> {
                    assertThat(pattern).doesNotContainPattern("\\\\[pPkwWdDbBAzZ]|\\(\\?|\\[\\[");
                });
        for (JsonNode map : text().findValues("patternProperties")) {
            map.fieldNames().forEachRemaining(name -> assertThat(name).doesNotContain("\\", "(?"));
        }
    }
}
