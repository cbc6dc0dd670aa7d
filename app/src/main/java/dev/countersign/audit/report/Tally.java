package dev.countersign.audit.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.RecordEvents;
import dev.countersign.call.Action;
import dev.countersign.call.Domain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Counts records by everything a report shows, each as it comes. Its memory grows with the words in
 * the records, such as agents, and not with the records.
 */
final class Tally {
    /** Agents and people beyond these are counted in the totals only. */
    private static final int MOST_NAMES = 10_000;

    private final Slots slots;
    private final Map<Map<String, String>, Long> counts = new HashMap<>();
    private final Set<String> agents = new LinkedHashSet<>();
    private final Set<String> voters = new LinkedHashSet<>();

    Tally(Slots slots) {
        this.slots = slots;
    }

    /** Counts a record under every set of filters of the report that chooses it. */
    void add(ObjectNode record, Instant at) {
        String kind = record.path("kind").asText();
        count(Map.of());
        count(Map.of("kind", kind));
        for (String event : RecordEvents.of(record)) {
            count(Map.of("event", event));
        }
        switch (kind) {
            case "decision" -> decision(record, at);
            case "vote" -> {
                String person = record.path("person").asText();
                if (!person.isEmpty() && known(voters, person)) {
                    count(Map.of("kind", kind, "person", person));
                }
            }
            default -> {}
        }
    }

    private void decision(ObjectNode record, Instant at) {
        String effect = record.path("effect").asText();
        String agent = record.path("agent").asText();
        by("effect", effect);
        by("decider", record.path("decider").asText());
        by("risk", record.path("risk").asText());
        both(effect, "decider", record.path("decider").asText());
        both(effect, "risk", record.path("risk").asText());
        for (String domain : domains(record.path("actions"))) {
            by("domain", domain);
            both(effect, "domain", domain);
        }
        if (!agent.isEmpty() && known(agents, agent)) {
            by("agent", agent);
            both(effect, "agent", agent);
        }
        Slots.Slot slot = slots.of(at);
        count(
                Map.of(
                        "kind",
                        "decision",
                        "effect",
                        effect,
                        "from",
                        slot.from().toString(),
                        "to",
                        slot.to().toString()));
    }

    private static boolean known(Set<String> names, String name) {
        return names.contains(name) || (names.size() < MOST_NAMES && names.add(name));
    }

    private void by(String filter, String value) {
        count(Map.of("kind", "decision", filter, value));
    }

    private void both(String effect, String filter, String value) {
        count(Map.of("kind", "decision", "effect", effect, filter, value));
    }

    /** As the filter finds them: a star stands for every action. */
    private static Set<String> domains(JsonNode actions) {
        Set<String> domains = new LinkedHashSet<>();
        for (JsonNode action : actions) {
            if (action.asText().equals("*")) {
                Arrays.stream(Domain.values()).map(Domain::wire).forEach(domains::add);
            } else {
                Optional<Action> known = Action.of(action.asText());
                known.ifPresent(each -> domains.add(each.domain().wire()));
            }
        }
        return domains;
    }

    private void count(Map<String, String> filters) {
        counts.merge(filters, 1L, Long::sum);
    }

    long of(Map<String, String> filters) {
        return counts.getOrDefault(filters, 0L);
    }

    /** Those that decided most first. */
    List<String> agents() {
        return most(agents, "decision", "agent");
    }

    /** Those that voted most first. */
    List<String> voters() {
        return most(voters, "vote", "person");
    }

    private List<String> most(Set<String> names, String kind, String filter) {
        List<String> sorted = new ArrayList<>(names);
        sorted.sort((a, b) -> {
            int byCount =
                    Long.compare(
                            of(Map.of("kind", kind, filter, b)),
                            of(Map.of("kind", kind, filter, a)));
            return byCount == 0 ? a.compareTo(b) : byCount;
        });
        return sorted;
    }
}
