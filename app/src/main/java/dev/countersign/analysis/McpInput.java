package dev.countersign.analysis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.call.LowerCase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The texts in the input of a tool nobody described, by the names they stand under: field names of
 * objects count as texts too, and JSON in a text is opened.
 *
 * @param texts in the order they were found
 * @param whole whether every text is among them
 */
record McpInput(List<Text> texts, boolean whole) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_TEXTS = 400;
    private static final int LONGEST_NESTED = 64 * 1024;
    private static final int DEEPEST_NESTED = 3;

    private static final Set<String> PATH_NAMES =
            Set.of(
                    "path",
                    "paths",
                    "file",
                    "files",
                    "file_path",
                    "filepath",
                    "file_paths",
                    "filename",
                    "absolute_path",
                    "target_file",
                    "source",
                    "destination",
                    "src",
                    "dst",
                    "dest",
                    "from",
                    "to",
                    "directory",
                    "dir",
                    "folder",
                    "root",
                    "repo_path",
                    "repository_path",
                    "working_directory",
                    "workdir",
                    "cwd",
                    "output",
                    "output_path",
                    "uri");

    private static final Set<String> COMMAND_NAMES =
            Set.of(
                    "command",
                    "commands",
                    "cmd",
                    "command_line",
                    "commandline",
                    "shell_command",
                    "script");

    private static final Set<String> URL_NAMES =
            Set.of("url", "urls", "uri", "href", "address", "endpoint");

    /**
     * One text.
     *
     * @param name the field it stands in, lower case, or empty at the top
     * @param value the text
     */
    record Text(String name, String value) {
        boolean isPath() {
            return PATH_NAMES.contains(name);
        }

        boolean isCommand() {
            return COMMAND_NAMES.contains(name);
        }

        boolean isUrl() {
            return URL_NAMES.contains(name)
                    && (value.regionMatches(true, 0, "http:", 0, 5)
                            || value.regionMatches(true, 0, "https:", 0, 6)
                            || value.regionMatches(true, 0, "ws:", 0, 3)
                            || value.regionMatches(true, 0, "wss:", 0, 4));
        }
    }

    private record Open(String name, JsonNode node, int nested) {}

    static McpInput of(JsonNode input) {
        List<Text> texts = new ArrayList<>();
        Deque<Open> open = new ArrayDeque<>();
        open.add(new Open("", input, 0));
        int seen = 0;
        while (!open.isEmpty()) {
            if (seen++ > MOST_TEXTS) {
                return new McpInput(texts, false);
            }
            Open next = open.poll();
            if (next.node.isTextual()) {
                String value = next.node.textValue();
                texts.add(new Text(next.name, value));
                JsonNode inside = next.nested < DEEPEST_NESTED ? nested(value) : null;
                if (inside != null) {
                    open.add(new Open(next.name, inside, next.nested + 1));
                }
            } else if (next.node.isObject()) {
                texts.addAll(together(next.node));
                for (Map.Entry<String, JsonNode> field : next.node.properties()) {
                    texts.add(new Text("", field.getKey()));
                    String name = LowerCase.of(field.getKey());
                    open.add(new Open(name, field.getValue(), next.nested));
                }
            } else {
                texts.addAll(together(next.node));
                next.node.forEach(one -> open.add(new Open(next.name, one, next.nested)));
            }
        }
        return new McpInput(texts, true);
    }

    /**
     * What values beside each other, or one level apart, may name only together: a host and a port,
     * a folder and a file.
     */
    private static List<Text> together(JsonNode object) {
        List<Text> texts = new ArrayList<>();
        List<JsonNode> parts = new ArrayList<>();
        for (JsonNode part : object) {
            if (part.isContainerNode() && part.size() <= MOST_TOGETHER) {
                part.forEach(parts::add);
            } else {
                parts.add(part);
            }
            if (parts.size() > MOST_TOGETHER) {
                return texts;
            }
        }
        for (JsonNode first : parts) {
            boolean starts = first.isTextual() && first.textValue().length() <= LONGEST_PART;
            for (JsonNode second : parts) {
                String part = second.isNumber() ? number(second) : second.textValue();
                boolean ends = part != null && !part.isEmpty() && part.length() <= LONGEST_PART;
                if (!starts || !ends || Objects.equals(first, second)) {
                    continue;
                }
                boolean port = part.length() <= 5 && part.chars().allMatch(Character::isDigit);
                texts.add(new Text("", first.textValue() + (port ? ":" : "/") + part));
            }
        }
        return texts;
    }

    /** {@code 7373.0} is a port too. */
    private static String number(JsonNode number) {
        return number.canConvertToExactIntegral()
                ? number.bigIntegerValue().toString()
                : number.asText();
    }

    private static final int MOST_TOGETHER = 10;
    private static final int LONGEST_PART = 200;

    private static @Nullable JsonNode nested(String text) {
        String start = text.strip();
        boolean json = start.startsWith("{") || start.startsWith("[");
        if (!json || text.length() > LONGEST_NESTED) {
            return null;
        }
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
