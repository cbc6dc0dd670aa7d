package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The YAML of an organisation as JSON, with the line and column of everything in it. */
final class OrganisationFile {
    private static final int DEEPEST = 10;
    private static final int MOST_CHARACTERS = 1 << 20;

    private final String name;
    private final ObjectNode json = JsonNodeFactory.instance.objectNode();
    private final Map<String, Mark> marks = new HashMap<>();

    private OrganisationFile(String name) {
        this.name = name;
    }

    /**
     * Reads a file's text.
     *
     * @param name the file as the person named it
     * @throws Failure with {@code file:line:column} in front
     */
    static OrganisationFile read(String name, String text) {
        OrganisationFile file = new OrganisationFile(name);
        if (text.length() > MOST_CHARACTERS) {
            throw file.failure(Optional.empty(), "more than 1 MiB is no such file");
        }
        Optional<Node> root;
        try {
            root = new Compose(LoadSettings.builder().setLabel(name).build()).composeString(text);
        } catch (MarkedYamlEngineException e) {
            throw file.failure(e.getProblemMark(), "no YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw file.failure(Optional.empty(), "no YAML: " + e.getMessage());
        }
        if (root.isEmpty() || !(root.get() instanceof MappingNode mapping)) {
            throw file.failure(
                    root.flatMap(Node::getStartMark),
                    "expected sections such as `teams:` and `people:`");
        }
        file.fill(file.json, mapping, "", 0);
        return file;
    }

    ObjectNode json() {
        return json;
    }

    private void fill(ObjectNode object, MappingNode mapping, String pointer, int depth) {
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                throw failure(key.getStartMark(), "expected a name");
            }
            String field = scalar.getValue();
            if (object.has(field)) {
                throw failure(
                        key.getStartMark(), "`" + Visible.line(field) + "` stands here twice");
            }
            String place = pointer + "/" + field.replace("~", "~0").replace("/", "~1");
            key.getStartMark().ifPresent(mark -> marks.put(place, mark));
            object.set(field, value(tuple.getValueNode(), place, depth + 1));
        }
    }

    private JsonNode value(Node node, String pointer, int depth) {
        if (depth > DEEPEST) {
            throw failure(node.getStartMark(), "it is nested too deep");
        }
        return switch (node) {
            case MappingNode mapping -> {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                fill(object, mapping, pointer, depth);
                yield object;
            }
            case SequenceNode sequence -> {
                ArrayNode list = JsonNodeFactory.instance.arrayNode();
                for (Node each : sequence.getValue()) {
                    String place = pointer + "/" + list.size();
                    each.getStartMark().ifPresent(mark -> marks.put(place, mark));
                    list.add(value(each, place, depth + 1));
                }
                yield list;
            }
            case ScalarNode scalar -> scalar(scalar);
            default -> throw failure(node.getStartMark(), "aliases are not understood here");
        };
    }

    private static JsonNode scalar(ScalarNode scalar) {
        String text = scalar.getValue();
        if (scalar.getTag().equals(Tag.BOOL)) {
            return JsonNodeFactory.instance.booleanNode(text.equals("true"));
        }
        return scalar.getTag().equals(Tag.NULL)
                ? JsonNodeFactory.instance.nullNode()
                : JsonNodeFactory.instance.textNode(text);
    }

    /**
     * What is wrong, where it stands.
     *
     * @param pointer of the part that it is in
     * @param detail what it is; where it begins with the name of a field of that part, it is there
     */
    Failure failure(String pointer, String detail) {
        String place = pointer;
        if (detail.startsWith("`") && detail.indexOf('`', 1) > 0) {
            String field = pointer + "/" + detail.substring(1, detail.indexOf('`', 1));
            place = marks.containsKey(field) ? field : place;
        }
        while (!place.isEmpty() && !marks.containsKey(place)) {
            place = place.substring(0, place.lastIndexOf('/'));
        }
        return failure(Optional.ofNullable(marks.get(place)), detail);
    }

    private Failure failure(Optional<Mark> at, String message) {
        int line = at.map(Mark::getLine).orElse(0) + 1;
        int column = at.map(Mark::getColumn).orElse(0) + 1;
        return Failure.usage(name + ":" + line + ":" + column + ": " + message);
    }
}
