package dev.countersign.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.NotedFacts;
import dev.countersign.call.Shell;
import dev.countersign.call.Told;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a machine tells of itself, as JSON: what an edge adds to a call, and what is kept of it. */
public final class ToldJson {
    /** The member of a body that holds it. */
    public static final String MEMBER = "countersign_facts";

    private static final int VERSION = 1;
    private static final int LONGEST_PATH = 8 * 1024;
    private static final int MOST_GUARDED = 64;
    private static final int MOST_SETTINGS = 64;
    private static final int LONGEST_SETTING = 2_000;

    /** So many links of a call are kept on record. */
    private static final int MOST_KEPT = 50;

    private static final Set<String> NAMES =
            Set.of(
                    "version",
                    "platform",
                    "home",
                    "shell",
                    "workspace",
                    "guarded",
                    "answers",
                    "complete",
                    "settings",
                    "any_project");
    private static final Set<String> PLATFORMS = Set.of("linux", "macos", "windows");
    private static final Set<String> KINDS = Set.of("file", "directory", "missing");

    private static final Map<String, Told.Ask> ASKS = new HashMap<>();

    static {
        for (Told.Ask ask : Told.Ask.values()) {
            ASKS.put(ask.wire(), ask);
        }
    }

    private ToldJson() {}

    /** It has not the shape that is documented. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    public static ObjectNode of(Told told) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", VERSION);
        json.put("platform", told.platform());
        json.put("home", told.home());
        json.put("shell", told.shell().wire());
        if (told.workspace() != null) {
            json.put("workspace", told.workspace());
        }
        ObjectNode guarded = json.putObject("guarded");
        ArrayNode folders = guarded.putArray("folders");
        told.guarded().folders().forEach(folders::add);
        ArrayNode addresses = guarded.putArray("addresses");
        told.guarded().addresses().stream().sorted().forEach(addresses::add);
        ArrayNode processes = guarded.putArray("processes");
        told.guarded().processes().stream().sorted().forEach(processes::add);
        ArrayNode answers = json.putArray("answers");
        for (Told.Answer answer : told.answers()) {
            ObjectNode one = answers.addObject();
            one.put("ask", answer.ask().wire());
            one.put("path", answer.path());
            if (isList(answer.ask())) {
                ArrayNode names = one.putArray("answer");
                answer.values().forEach(names::add);
            } else {
                one.put("answer", answer.values().getFirst());
            }
        }
        json.put("complete", told.complete());
        if (told.settings() != null) {
            ArrayNode settings = json.putArray("settings");
            told.settings().forEach(settings::add);
        }
        if (told.anyProject()) {
            json.put("any_project", true);
        }
        return json;
    }

    /**
     * What a record keeps for good: where links led to, and no text of a file, nor what lies in
     * folders.
     */
    static Told brief(Told told) {
        return told.withAnswers(
                told.answers().stream()
                        .filter(answer -> answer.ask() == Told.Ask.RESOLVE)
                        .limit(MOST_KEPT)
                        .toList());
    }

    private static boolean isList(Told.Ask ask) {
        return ask == Told.Ask.LIST || ask == Told.Ask.LINKS;
    }

    /**
     * Reads what a machine sent; which project it is, its token says and not the machine.
     *
     * @throws Malformed when it is anything else, or more than may be sent
     */
    public static Told read(JsonNode node) throws Malformed {
        return kept(node).withAnyProject(false);
    }

    /** The same of what we kept ourselves. */
    static Told kept(JsonNode node) throws Malformed {
        if (!(node instanceof ObjectNode json)) {
            throw new Malformed("not a JSON object");
        }
        for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!NAMES.contains(name)) {
                throw new Malformed("unknown member `" + shown(name) + "`");
            }
        }
        if (!json.path("version").isInt() || json.path("version").intValue() != VERSION) {
            throw new Malformed("`version` is not " + VERSION);
        }
        String platform = text(json, "platform");
        if (!PLATFORMS.contains(platform)) {
            throw new Malformed("`platform` is none of linux, macos, windows");
        }
        Shell shell =
                Shell.of(text(json, "shell"))
                        .orElseThrow(() -> new Malformed("`shell` is none that is known"));
        boolean complete = json.path("complete").asBoolean(false);
        if (!json.path("complete").isBoolean()) {
            throw new Malformed("`complete` is neither true nor false");
        }
        return new Told(
                platform,
                path(json, "home"),
                shell,
                json.has("workspace") ? path(json, "workspace") : null,
                guarded(json.path("guarded")),
                answers(json.path("answers")),
                complete,
                settings(json),
                json.path("any_project").asBoolean(false));
    }

    private static Told.Guard guarded(JsonNode node) throws Malformed {
        if (node.isMissingNode()) {
            return Told.Guard.NONE;
        }
        List<String> folders = texts(node.path("folders"), "guarded.folders", MOST_GUARDED);
        for (String folder : folders) {
            absolute("guarded.folders", folder);
        }
        Set<Long> processes = new HashSet<>();
        for (JsonNode process : node.path("processes")) {
            if (!process.canConvertToLong() || processes.size() >= MOST_GUARDED) {
                throw new Malformed("`guarded.processes` is no short list of numbers");
            }
            processes.add(process.longValue());
        }
        return new Told.Guard(
                folders,
                Set.copyOf(texts(node.path("addresses"), "guarded.addresses", MOST_GUARDED)),
                processes);
    }

    private static List<Told.Answer> answers(JsonNode list) throws Malformed {
        if (!list.isArray()) {
            throw new Malformed("`answers` is no list");
        }
        if (list.size() > NotedFacts.MOST_ANSWERS) {
            throw new Malformed(
                    "more than "
                            + NotedFacts.MOST_ANSWERS
                            + " `answers`; send none of them and `complete` as false");
        }
        List<Told.Answer> answers = new ArrayList<>();
        for (JsonNode one : list) {
            Told.Ask ask = ASKS.get(one.path("ask").asText(""));
            if (ask == null) {
                throw new Malformed(
                        "`ask` of an answer is none of " + String.join(", ", ASKS.keySet()));
            }
            if (!(one instanceof ObjectNode object)) {
                throw new Malformed("an answer is no JSON object");
            }
            String path = path(object, "path");
            List<String> values =
                    isList(ask)
                            ? texts(one.path("answer"), "answer", Integer.MAX_VALUE)
                            : List.of(text(object, "answer"));
            boolean kind = ask == Told.Ask.KIND || ask == Told.Ask.OPENED;
            if (kind && !KINDS.contains(values.getFirst())) {
                throw new Malformed(
                        "`answer` about `" + shown(path) + "` is none of file, directory, missing");
            }
            if (ask == Told.Ask.RESOLVE) {
                absolute("answer", values.getFirst());
            }
            answers.add(new Told.Answer(ask, path, values));
        }
        return answers;
    }

    private static @Nullable List<String> settings(ObjectNode json) throws Malformed {
        if (!json.has("settings")) {
            return null;
        }
        List<String> settings = texts(json.path("settings"), "settings", MOST_SETTINGS);
        if (settings.stream().anyMatch(text -> text.length() > LONGEST_SETTING)) {
            throw new Malformed("`settings` holds a text that is too long");
        }
        return settings;
    }

    private static List<String> texts(JsonNode list, String name, int most) throws Malformed {
        List<String> texts = new ArrayList<>();
        for (JsonNode one : list) {
            if (!one.isTextual() || texts.size() >= most) {
                throw new Malformed("`" + name + "` is no list of texts, or too long");
            }
            texts.add(one.textValue());
        }
        if (!list.isArray() && !list.isMissingNode()) {
            throw new Malformed("`" + name + "` is no list of texts");
        }
        return texts;
    }

    private static String text(ObjectNode json, String name) throws Malformed {
        JsonNode value = json.path(name);
        if (!value.isTextual()) {
            throw new Malformed("`" + name + "` is missing or no text");
        }
        return value.textValue();
    }

    private static String path(ObjectNode json, String name) throws Malformed {
        String path = text(json, name);
        absolute(name, path);
        return path;
    }

    private static void absolute(String name, String path) throws Malformed {
        boolean absolute =
                path.startsWith("/") || path.matches("(?s)[A-Za-z]:[/\\\\].*|\\\\\\\\.*");
        if (!absolute || path.indexOf('\0') >= 0 || path.length() > LONGEST_PATH) {
            throw new Malformed("`" + name + "` is no absolute path: `" + shown(path) + "`");
        }
    }

    private static String shown(String text) {
        String visible = text.replaceAll("\\p{Cntrl}", "?");
        return visible.length() <= 60 ? visible : visible.substring(0, 60) + "…";
    }
}
