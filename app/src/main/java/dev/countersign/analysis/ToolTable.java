package dev.countersign.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the tools of the clients do: {@code client-tools.yaml} beside this class. */
final class ToolTable {
    private static final Map<String, Entry> ANYWHERE = new HashMap<>();
    private static final Map<String, Entry> BY_CLIENT = new HashMap<>();

    static {
        DataFile.read("client-tools.yaml")
                .entries()
                .forEach((name, value) ->
                        (name.indexOf(' ') > 0 ? BY_CLIENT : ANYWHERE).put(name, entry(value)));
    }

    /** Every field by which some tool is judged, but those that hold a patch. */
    static final Set<String> FIELDS =
            Stream.of(ANYWHERE, BY_CLIENT)
                    .flatMap(table -> table.values().stream())
                    .filter(entry -> !entry.does().equals("patch"))
                    .flatMap(entry -> Stream.of(entry.fields(), entry.cwd(), entry.globs()))
                    .flatMap(List::stream)
                    .collect(Collectors.toUnmodifiableSet());

    /**
     * One line of the table.
     *
     * @param does what the tool does
     * @param fields where the thing it does that to stands in the input
     * @param cwd where the working directory stands
     * @param globs where patterns that may leave that place stand
     * @param optional whether the thing may be absent
     * @param kind what the thing is called
     * @param why what is special about it, for people, or null
     */
    record Entry(
            String does,
            List<String> fields,
            List<String> cwd,
            List<String> globs,
            boolean optional,
            String kind,
            @Nullable String why) {

        /** The first field that is there. */
        @Nullable JsonNode field(ObjectNode input) {
            return first(input, fields);
        }

        static @Nullable JsonNode first(ObjectNode input, List<String> names) {
            for (String name : names) {
                JsonNode node = input.get(name);
                if (node != null && !node.isNull()) {
                    return node;
                }
            }
            return null;
        }
    }

    private ToolTable() {}

    private static Entry entry(Object value) {
        Map<String, Object> map = Flow.map(value);
        Object why = map.get("why");
        return new Entry(
                String.valueOf(map.get("does")),
                Flow.texts(map.get("field")),
                Flow.texts(map.get("cwd")),
                Flow.texts(map.get("glob")),
                "true".equals(map.get("optional")),
                String.valueOf(map.getOrDefault("kind", "tool")),
                why == null ? null : String.valueOf(why));
    }

    /** The line of a tool; one that is for this client alone counts first. */
    static Optional<Entry> find(String client, String tool) {
        Entry own = BY_CLIENT.get(client + " " + tool);
        return Optional.ofNullable(own == null ? ANYWHERE.get(tool) : own);
    }
}
