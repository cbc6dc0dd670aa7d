package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The modes of an agent's session, in either of the two ways the protocol says them.
 *
 * @param current the one it is in, or empty text
 * @param ids every one
 * @param option the option that holds it, or null where modes have a message of their own
 * @param categories what each option of the session is about
 */
record Modes(
        String current, List<String> ids, @Nullable String option, Map<String, String> categories) {
    static final Modes NONE = new Modes("", List.of(), null, Map.of());

    Modes {
        ids = List.copyOf(ids);
        categories = Map.copyOf(categories);
    }

    /** Of the answer to the question that opens a session. */
    static Modes of(JsonNode result) {
        Map<String, String> categories = new HashMap<>();
        @Nullable JsonNode mode = null;
        for (JsonNode option : result.path("configOptions")) {
            String category = option.path("category").asText("");
            categories.put(option.path("id").asText(""), category);
            if (category.equals("mode")) {
                mode = option;
            }
        }
        List<String> ids = new ArrayList<>();
        JsonNode modes = result.path("modes");
        if (modes.path("availableModes").isArray()) {
            modes.path("availableModes").forEach(each -> ids.add(each.path("id").asText("")));
            return new Modes(modes.path("currentModeId").asText(""), ids, null, categories);
        }
        if (mode == null) {
            return new Modes("", ids, null, categories);
        }
        for (JsonNode each : mode.path("options")) {
            if (each.has("options")) {
                each.path("options").forEach(inner -> ids.add(inner.path("value").asText("")));
            } else {
                ids.add(each.path("value").asText(""));
            }
        }
        return new Modes(
                mode.path("currentValue").asText(""), ids, mode.path("id").asText(""), categories);
    }

    boolean isEmpty() {
        return ids.isEmpty();
    }

    boolean offers(String mode) {
        return ids.contains(mode);
    }

    /** The best of these that there is. */
    Optional<String> asking(List<String> best) {
        return best.stream().filter(ids::contains).findFirst();
    }

    String names() {
        return String.join(", ", ids.stream().map(Words::visible).toList());
    }
}
