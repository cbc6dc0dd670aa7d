package dev.countersign.policy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.UserPrograms;
import dev.countersign.call.Action;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the examples of one document are tried: in a workspace that is made up, with the tags and the
 * programs the document itself defines, as if somebody had accepted it.
 *
 * @param examples analyses them
 * @param tags those of the document
 * @param programs those of the document
 */
record Trial(
        PolicyReader.Examples examples, List<Policy.TagDefinition> tags, UserPrograms programs) {
    private static final String HOME = "/home/example";
    private static final String WORKSPACE = HOME + "/workspace";

    Trial {
        tags = List.copyOf(tags);
    }

    /** For a definition, which has neither tags nor programs of its own. */
    static Trial plain(PolicyReader.Examples examples) {
        return new Trial(examples, List.of(), UserPrograms.NONE);
    }

    static Trial of(
            PolicyReader.Examples examples,
            List<Policy.TagDefinition> tags,
            List<Policy.ProgramEntry> programs) {
        return new Trial(
                examples,
                tags,
                new UserPrograms(
                        programs.stream()
                                .map(entry -> new UserPrograms.Described(entry.program(), true))
                                .toList()));
    }

    /** Whether operations have their true actions, risk and tags. */
    boolean full() {
        return examples.full();
    }

    /** An example as the rules of the document see it. */
    Subjected subjected(Operation operation) {
        ToolCall call = call("example", "command", "");
        return Subjected.of(operation, call, new Matches()).with(tags);
    }

    Optional<List<Operation>> command(String command) {
        return examples.operations(call("Bash", "command", command), programs);
    }

    /** What a client's own tool for it does; empty where that is not analysed here. */
    Optional<List<Operation>> file(Action action, Resource.Path path) {
        String tool =
                switch (action) {
                    case FILE_READ -> "Read";
                    case FILE_WRITE -> "Write";
                    default -> "Delete";
                };
        return examples.full() && path.written() != null
                ? examples.operations(call(tool, "file_path", path.written()), programs)
                : Optional.empty();
    }

    /** The path an example names: from the workspace unless it says otherwise. */
    static Resource.Path path(String text) {
        String absolute =
                text.startsWith("/")
                        ? text
                        : text.startsWith("~/") ? HOME + text.substring(1) : WORKSPACE + "/" + text;
        String path = Condition.Paths.normal(absolute);
        boolean outside = !path.equals(WORKSPACE) && !path.startsWith(WORKSPACE + "/");
        return new Resource.Path(path, path, outside, false);
    }

    private static ToolCall call(String tool, String field, String value) {
        ObjectNode input = JsonNodeFactory.instance.objectNode().put(field, value);
        if (tool.equals("Write")) {
            input.put("content", "");
        }
        return new ToolCall(
                "example",
                tool,
                input,
                new Context(WORKSPACE, WORKSPACE, HOME, Shell.BASH, "linux", Map.of()),
                Subject.local("example"),
                null,
                null,
                null);
    }
}
