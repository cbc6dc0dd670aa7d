package dev.countersign.analysis;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Whether a change of a build definition leaves alone what runs. It has to be shown: the old text
 * stands on the disk, the new one in the call, and both are understood.
 */
final class Definitions {
    private static final int LONGEST = 128 * 1024;

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /** What package descriptions say to people only. */
    private static final Set<String> SAID =
            Set.of(
                    "keywords",
                    "author",
                    "authors",
                    "contributors",
                    "maintainers",
                    "license",
                    "homepage",
                    "bugs",
                    "funding",
                    "support",
                    "readme",
                    "time");

    private Definitions() {}

    /**
     * Whether what a client's tool writes changes nothing that runs.
     *
     * @param verdict of the place itself, which may have other reasons to be careful
     * @param input of the tool: whole content, or old and new strings, or a patch
     */
    static boolean keepWhatRuns(
            Facts facts, Paths.Place place, Places.Verdict verdict, ObjectNode input) {
        String path = place.resolved();
        boolean only =
                Places.DEFINITION.equals(verdict.note())
                        && verdict.risk() == RiskTier.MEDIUM
                        && verdict.floor() == null
                        && verdict.tags().isEmpty();
        if (!only || path == null || place.pattern() != null || place.outside()) {
            return false;
        }
        Optional<String> old = facts.text(path);
        if (old.isEmpty() || old.get().length() > LONGEST) {
            return false;
        }
        String now = changed(old.get(), input, Paths.name(path));
        return now != null && now.length() <= LONGEST && isSame(Paths.name(path), old.get(), now);
    }

    // ---- the new text

    private static @Nullable String changed(String old, ObjectNode input, String name) {
        if (isUnclear(input)) {
            return null;
        }
        String content = text(input, "content", "file_text", "contents");
        boolean edits = has(input, "old_string", "oldString", "old_str", "edits");
        String patch = text(input, "patch", "patchText", "input", "command");
        if (patch != null && patch.contains("*** Begin Patch")) {
            return content == null && !edits ? patched(old, patch, name) : null;
        }
        if (content != null) {
            return edits ? null : content;
        }
        JsonNode list = input.get("edits");
        if (list == null) {
            return replaced(old, input);
        }
        if (!list.isArray() || list.isEmpty() || list.size() > 100) {
            return null;
        }
        String now = old;
        for (JsonNode one : list) {
            now = now != null && one instanceof ObjectNode edit ? replaced(now, edit) : null;
        }
        return now;
    }

    /** Whether several fields say what the new text is: which one a client obeys is not known. */
    private static boolean isUnclear(ObjectNode input) {
        return count(input, "content", "file_text", "contents", "text", "diff") > 1
                || input.has("diff")
                || input.has("text")
                || count(input, "old_string", "oldString", "old_str") > 1
                || count(input, "new_string", "newString", "new_str") > 1
                || count(input, "replace_all", "replaceAll") > 1
                || count(input, "patch", "patchText", "input", "command") > 1;
    }

    private static int count(ObjectNode input, String... names) {
        int count = 0;
        for (String name : names) {
            count += input.has(name) ? 1 : 0;
        }
        return count;
    }

    private static @Nullable String replaced(String old, ObjectNode edit) {
        if (isUnclear(edit)) {
            return null;
        }
        String from = text(edit, "old_string", "oldString", "old_str");
        String to = text(edit, "new_string", "newString", "new_str");
        if (from == null || to == null || from.isEmpty()) {
            return null;
        }
        int at = old.indexOf(from);
        if (at < 0) {
            return null;
        }
        JsonNode all = edit.has("replace_all") ? edit.get("replace_all") : edit.get("replaceAll");
        if (all != null && all.asBoolean()) {
            return old.length() + (long) to.length() * count(old, from) > LONGEST
                    ? null
                    : old.replace(from, to);
        }
        boolean once = old.indexOf(from, at + 1) < 0;
        return once ? old.substring(0, at) + to + old.substring(at + from.length()) : null;
    }

    private static int count(String text, String part) {
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    /** The text after the hunks for a file of this name, each found at one place only. */
    private static @Nullable String patched(String old, String patch, String name) {
        String now = old;
        boolean own = false;
        int files = 0;
        StringBuilder from = new StringBuilder();
        StringBuilder to = new StringBuilder();
        for (String line : (patch + "\n*** End Patch").split("\n", -1)) {
            boolean command = line.startsWith("*** ");
            if (command || line.startsWith("@@")) {
                if (own && !from.isEmpty()) {
                    now = hunk(now, from.toString(), to.toString());
                    if (now == null) {
                        return null;
                    }
                } else if (own && !to.isEmpty()) {
                    return null;
                }
                from.setLength(0);
                to.setLength(0);
                if (line.startsWith("*** Update File: ")) {
                    own =
                            Paths.name(line.strip()).equals(name)
                                    || line.strip().endsWith(": " + name);
                    files += own ? 1 : 0;
                } else if (line.startsWith("*** Move to")) {
                    return null;
                }
            } else if (own && !line.isEmpty()) {
                char sign = line.charAt(0);
                String rest = line.substring(1) + "\n";
                if (sign == ' ' || sign == '-') {
                    from.append(rest);
                }
                if (sign == ' ' || sign == '+') {
                    to.append(rest);
                }
                if (sign != ' ' && sign != '-' && sign != '+') {
                    return null;
                }
            }
        }
        return files == 1 ? now : null;
    }

    private static @Nullable String hunk(String text, String from, String to) {
        String lines = "\n" + text + (text.endsWith("\n") ? "" : "\n");
        String wanted = "\n" + from;
        int at = lines.indexOf(wanted);
        if (at < 0 || lines.indexOf(wanted, at + 1) >= 0) {
            return null;
        }
        return (lines.substring(0, at) + "\n" + to + lines.substring(at + wanted.length()))
                .substring(1);
    }

    private static boolean has(ObjectNode input, String... names) {
        for (String name : names) {
            if (input.has(name)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String text(ObjectNode input, String... names) {
        for (String name : names) {
            JsonNode node = input.get(name);
            if (node != null && node.isTextual()) {
                return node.textValue();
            }
        }
        return null;
    }

    // ---- old and new compared

    /** Whether two texts of a file of this name run the same. */
    static boolean isSame(String name, String old, String now) {
        if (old.equals(now)) {
            return true;
        }
        if (old.indexOf('\r') >= 0 || now.indexOf('\r') >= 0) {
            return false;
        }
        return switch (name) {
            case "package.json", "composer.json", "deno.json" -> sameDescription(old, now);
            case "Makefile", "makefile", "GNUmakefile" -> sameBut("#", old, now, "define");
            case "Dockerfile", "Containerfile" -> sameBut("#", old, now, "<<");
            case "Cargo.toml", "pyproject.toml", "Pipfile" ->
                    sameBut("#", old, now, "\"\"\"", "'''");
            case "conftest.py", "setup.py", "noxfile.py" -> sameBut("#", old, now, "\"\"\"", "'''");
            case "go.mod", "go.work" -> sameBut("//", old, now, "`", "/*", "retract");
            default -> sameOfKind(name, old, now);
        };
    }

    private static boolean sameOfKind(String name, String old, String now) {
        if (name.endsWith(".yml") || name.endsWith(".yaml")) {
            return sameYaml(old, now);
        }
        if (name.startsWith("requirements") && name.endsWith(".txt")) {
            return sameBut("#", old, now);
        }
        if (name.endsWith(".mk")) {
            return sameBut("#", old, now, "define");
        }
        if (name.startsWith("Dockerfile.") || name.endsWith(".dockerfile")) {
            return sameBut("#", old, now, "<<");
        }
        return name.endsWith(".tf") && sameBut("#", old, now, "<<", "/*");
    }

    private static boolean sameDescription(String old, String now) {
        try {
            if (JSON.readTree(old) instanceof ObjectNode before
                    && JSON.readTree(now) instanceof ObjectNode after) {
                for (ObjectNode all : List.of(before, after)) {
                    all.remove(SAID);
                    dropPlain(all, "version", "[0-9A-Za-z.+-]{1,64}");
                    dropPlain(all, "name", "(@[\\w.~-]{1,100}/)?[\\w.~-]{1,214}");
                    dropPlain(all, "description", "(?s)(?!.*(`|\\$\\()).{0,2000}");
                }
                return before.equals(after);
            }
            return false;
        } catch (JsonProcessingException | StackOverflowError e) {
            return false;
        }
    }

    /** What is handed to scripts as a variable may hold nothing a shell would run. */
    private static void dropPlain(ObjectNode all, String field, String plain) {
        JsonNode value = all.get(field);
        if (value != null && value.isTextual() && value.textValue().matches(plain)) {
            all.remove(field);
        }
    }

    /**
     * Whether two texts differ in whole lines of comment only.
     *
     * @param unclear what makes a line that looks like a comment perhaps none
     */
    private static boolean sameBut(String mark, String old, String now, String... unclear) {
        for (String sign : unclear) {
            if (old.contains(sign) || now.contains(sign)) {
                return false;
            }
        }
        List<String> before = lines(mark, old);
        List<String> after = lines(mark, now);
        return before != null && before.equals(after);
    }

    private static @Nullable List<String> lines(String mark, String text) {
        List<String> kept = new ArrayList<>();
        boolean continued = false;
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            boolean continues = line.endsWith("\\");
            String plain = line.startsWith("\t") ? line : line.strip();
            boolean comment = plain.startsWith(mark);
            boolean speaks =
                    comment
                            && (plain.matches("(?i)#!.*|#\\s*(syntax|escape|check|type)\\s*[=:].*")
                                    || (number < 3 && plain.contains("coding")));
            if (comment && !speaks && (continued || continues)) {
                return null;
            }
            if (!comment || speaks) {
                if (!plain.isEmpty() || continued) {
                    kept.add(line);
                }
            }
            continued = continues;
        }
        return kept;
    }

    /**
     * Whether two YAML texts are the same but for comments and where lines break between values.
     */
    private static boolean sameYaml(String old, String now) {
        try {
            List<String> before = events(old);
            return before.equals(events(now));
        } catch (YamlEngineException | StackOverflowError e) {
            return false;
        }
    }

    private static List<String> events(String text) {
        List<String> all = new ArrayList<>();
        LoadSettings settings = LoadSettings.builder().setCodePointLimit(LONGEST).build();
        for (Event event : new Parse(settings).parseString(text)) {
            String id = event.getEventId().name();
            all.add(
                    switch (event) {
                        case ScalarEvent s ->
                                id + s.getAnchor() + s.getTag() + s.isPlain() + " " + s.getValue();
                        case AliasEvent a -> id + a.getAlias();
                        case MappingStartEvent m -> id + m.getAnchor() + m.getTag();
                        case SequenceStartEvent s -> id + s.getAnchor() + s.getTag();
                        default -> id;
                    });
        }
        return all;
    }
}
