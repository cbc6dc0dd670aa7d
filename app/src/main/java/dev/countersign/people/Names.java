package dev.countersign.people;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.TreeSet;

/** Lists of names in documents, and what their holders are found by. */
final class Names {
    private Names() {}

    static Set<String> read(JsonNode list) {
        Set<String> names = new TreeSet<>();
        list.forEach(name -> names.add(name.asText()));
        return names;
    }

    static void write(ObjectNode body, String field, Set<String> names) {
        ArrayNode list = body.putArray(field);
        names.forEach(list::add);
    }

    /** Found by being in the team, which cannot be removed meanwhile. */
    static void inTeam(Set<String> terms, String team) {
        terms.add("team:" + team);
        terms.add("needs:team:" + team);
    }
}
