package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the last recorded decisions say of tasks and agents. */
final class RecentWork {
    /** So many decisions are looked at; what lies further back is in the ledger. */
    static final int LOOKED_AT = 500;

    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final Map<String, Instant> agents = new HashMap<>();

    private RecentWork() {}

    /**
     * A piece of work.
     *
     * @param name as the caller named it, or its session
     * @param sessions those it ran in, the last first
     * @param agents who worked on it
     * @param drivers in whose sessions
     * @param clients by which programs
     * @param project the folder or name, or empty
     * @param first when the earliest of its decisions was that was looked at
     * @param last when the latest was
     * @param calls how many there were
     * @param asked how many people were asked about
     * @param denied how many were refused
     */
    record Task(
            String name,
            Set<String> sessions,
            Set<String> agents,
            Set<String> drivers,
            Set<String> clients,
            String project,
            Instant first,
            Instant last,
            int calls,
            int asked,
            int denied) {}

    /** Of everybody. */
    static RecentWork of(AuditQuery audit) {
        return of(audit, Map.of("kind", "decision"));
    }

    /** Of the decisions that these filters choose. */
    static RecentWork of(AuditQuery audit, Map<String, String> filters) {
        RecentWork work = new RecentWork();
        Map<String, Gathering> found = new LinkedHashMap<>();
        for (Recorded record : audit.list(filters, Long.MAX_VALUE, LOOKED_AT)) {
            work.look(record.body(), found);
        }
        found.forEach((name, task) -> work.tasks.put(name, task.task(name)));
        return work;
    }

    private void look(JsonNode record, Map<String, Gathering> found) {
        Instant at = at(record);
        JsonNode call = record.path("body").path("call");
        String agent = record.path("agent").asText("");
        if (!agent.isEmpty()) {
            agents.putIfAbsent(agent, at);
        }
        String name = name(record, call);
        if (!name.isEmpty()) {
            found.computeIfAbsent(name, _ -> new Gathering(at)).add(record, call, at);
        }
    }

    /** What people call the work of a record, or empty. */
    private static String name(JsonNode record, JsonNode call) {
        String task = call.path("task").asText("");
        return call.path("task").isTextual() && !task.isEmpty()
                ? task
                : record.path("session").isTextual() ? record.path("session").asText() : "";
    }

    private static Instant at(JsonNode record) {
        try {
            return Instant.parse(record.path("at").asText(""));
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    /** The last to do something first. */
    Collection<Task> tasks() {
        return tasks.values();
    }

    Optional<Task> task(String name) {
        return Optional.ofNullable(tasks.get(name));
    }

    /** When an agent did something last, or null where that is further back. */
    @Nullable Instant last(String agent) {
        return agents.get(agent);
    }

    /** Who did something, the last first. */
    List<String> agents() {
        return agents.entrySet().stream()
                .sorted(Map.Entry.<String, Instant>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static final class Gathering {
        private final Set<String> sessions = new LinkedHashSet<>();
        private final Set<String> agents = new LinkedHashSet<>();
        private final Set<String> drivers = new LinkedHashSet<>();
        private final Set<String> clients = new LinkedHashSet<>();
        private final List<String> projects = new ArrayList<>();
        private final Set<String> decisions = new LinkedHashSet<>();
        private final Instant last;
        private Instant first;
        private int calls;
        private int asked;
        private int denied;

        Gathering(Instant last) {
            this.last = last;
            this.first = last;
        }

        void add(JsonNode record, JsonNode call, Instant at) {
            first = at;
            put(sessions, record.path("session"));
            put(agents, record.path("agent"));
            put(drivers, call.path("driver"));
            put(clients, record.path("client"));
            if (record.path("project").isTextual()) {
                projects.add(record.path("project").asText());
            }
            boolean known = !decisions.add(record.path("decision").asText());
            // A call that people were asked about has two records: the question and what came of
            // it.
            calls += known ? 0 : 1;
            asked += record.path("effect").asText().equals("ask") ? 1 : 0;
            denied += record.path("effect").asText().equals("deny") ? 1 : 0;
        }

        private static void put(Set<String> names, JsonNode name) {
            if (name.isTextual() && !name.textValue().isEmpty()) {
                names.add(name.textValue());
            }
        }

        Task task(String name) {
            return new Task(
                    name,
                    sessions,
                    agents,
                    drivers,
                    clients,
                    projects.isEmpty() ? "" : projects.getFirst(),
                    first,
                    last,
                    calls,
                    asked,
                    denied);
        }
    }
}
