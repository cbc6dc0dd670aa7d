package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a call does to the world, by what it is done to.
 *
 * @param groups such as files and hosts, those that matter most first
 * @param undo whether it can be taken back, as a sentence; empty where nothing is to be said
 */
public record EffectsView(List<Group> groups, String undo) {
    private static final int MOST = 12;

    /**
     * Things of one kind.
     *
     * @param title such as {@code Deletes}
     * @param more how many there are beside those shown
     */
    public record Group(String title, String style, List<Item> items, int more) {}

    /**
     * A thing.
     *
     * @param name drawn
     * @param note what else is to be known of it, drawn; may be empty
     */
    public record Item(List<Drawing.Piece> name, List<Drawing.Piece> note) {}

    /** What happens to a thing, the gravest first. */
    private enum Deed {
        SECRETS("effects.touches-secrets", "grave"),
        DELETES("effects.deletes", "grave"),
        SENDS("effects.sends-to", "grave"),
        PUSHES("effects.pushes", "grave"),
        WRITES("effects.writes", ""),
        GIT("effects.changes-the-repository", ""),
        REACHES("effects.reads-from-the-network", ""),
        RUNS("effects.runs", ""),
        USES("effects.uses", ""),
        READS("effects.reads", "");

        /** The key of its text. */
        private final String title;

        private final String style;

        Deed(String title, String style) {
            this.title = title;
            this.style = style;
        }
    }

    /** From the decision as requests and records keep it. */
    static EffectsView of(JsonNode decision) {
        Map<Deed, Map<String, Item>> found = new EnumMap<>(Deed.class);
        List<String> undo = new ArrayList<>();
        for (JsonNode operation : decision.path("operations")) {
            String action = operation.path("action").asText("");
            Item item = item(operation);
            if (!item.name().isEmpty()) {
                add(found, deed(action), item);
                if (tagged(operation, "secret")) {
                    add(found, Deed.SECRETS, item);
                }
            }
            String sentence = undo(action, operation);
            if (!sentence.isEmpty() && !undo.contains(sentence)) {
                undo.add(sentence);
            }
        }
        List<Group> groups = new ArrayList<>();
        found.forEach((deed, items) -> {
            if (!items.isEmpty()) {
                List<Item> all = List.copyOf(items.values());
                int shown = Math.min(MOST, all.size());
                groups.add(
                        new Group(
                                Texts.say(deed.title),
                                deed.style,
                                all.subList(0, shown),
                                all.size() - shown));
            }
        });
        return new EffectsView(List.copyOf(groups), String.join(" ", undo));
    }

    private static void add(Map<Deed, Map<String, Item>> found, Deed deed, Item item) {
        found.computeIfAbsent(deed, _ -> new LinkedHashMap<>())
                .putIfAbsent(item.name().toString(), item);
    }

    private static boolean tagged(JsonNode operation, String tag) {
        return operation.path("tags").valueStream().anyMatch(each -> each.asText().equals(tag));
    }

    private static Deed deed(String action) {
        return switch (action) {
            case "file_delete", "task_delete", "project_delete" -> Deed.DELETES;
            case "file_write" -> Deed.WRITES;
            case "file_read" -> Deed.READS;
            case "git_push", "git_force_push", "git_create_pr" -> Deed.PUSHES;
            case "git_write" -> Deed.GIT;
            case "git_read" -> Deed.READS;
            case "web_send", "comms_send" -> Deed.SENDS;
            case "web_fetch", "web_search", "browser_view" -> Deed.REACHES;
            case "shell_run" -> Deed.RUNS;
            default -> Deed.USES;
        };
    }

    private static Item item(JsonNode operation) {
        JsonNode resource = operation.path("resource");
        String path = text(resource, "path");
        if (resource.has("path")) {
            String really = text(resource, "resolved");
            return new Item(
                    path.isEmpty()
                            ? unknown(Texts.say("effects.a-path-that-is"))
                            : Drawing.of(path),
                    really.isEmpty() || really.equals(path)
                            ? List.of()
                            : Drawing.of(Texts.say("effects.a-link-to", really)));
        }
        if (resource.has("host")) {
            String url = text(resource, "url");
            String host = text(resource, "host");
            return new Item(
                    host.isEmpty()
                            ? unknown(Texts.say("effects.an-address-that-is"))
                            : Drawing.of(host),
                    url.isEmpty() || url.equals(host) ? List.of() : Drawing.of(url));
        }
        if (resource.has("branch")) {
            String branch = text(resource, "branch");
            String remote = text(resource, "remote");
            if (branch.isEmpty() && remote.isEmpty()) {
                return new Item(Drawing.of(operation.path("summary").asText("")), List.of());
            }
            return new Item(
                    branch.isEmpty()
                            ? unknown(Texts.say("effects.a-branch-that-is"))
                            : Drawing.of(branch),
                    remote.isEmpty()
                            ? List.of()
                            : Drawing.of(Texts.say("effects.of-remote", remote)));
        }
        if (resource.has("program")) {
            String program = text(resource, "program");
            return new Item(
                    program.isEmpty()
                            ? unknown(Texts.say("effects.a-program-that-is"))
                            : Drawing.of(program),
                    List.of());
        }
        return new Item(Drawing.of(operation.path("summary").asText("")), List.of());
    }

    private static List<Drawing.Piece> unknown(String words) {
        return Drawing.of(words);
    }

    private static String text(JsonNode resource, String name) {
        return resource.path(name).isTextual() ? resource.path(name).textValue() : "";
    }

    private static String undo(String action, JsonNode operation) {
        if (operation.path("opaque").asBoolean(false)) {
            return Texts.say("effects.part-of-it-cannot");
        }
        return switch (action) {
            case "git_force_push" -> Texts.say("effects.what-others-have-of");
            case "git_push" -> Texts.say("effects.what-is-pushed-can");
            case "web_send", "comms_send" -> Texts.say("effects.what-is-sent-stays");
            case "file_delete" -> Texts.say("effects.what-is-deleted-is");
            default ->
                    tagged(operation, "destructive") ? Texts.say("effects.it-cannot-be-taken") : "";
        };
    }
}
