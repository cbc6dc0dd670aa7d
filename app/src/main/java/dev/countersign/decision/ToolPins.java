package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What MCP servers say of their tools. The first description of a tool is kept; another one is
 * asked about at every call until a person accepted it.
 */
public final class ToolPins {
    /** As many as a listing shows. */
    public static final int MOST_LISTED = 1_000;

    private final ToolPinStore store;
    private final Alarms alarms;
    private final Clock clock;

    public ToolPins(ToolPinStore store, Alarms alarms, Clock clock) {
        this.store = store;
        this.alarms = alarms;
        this.clock = clock;
    }

    /** What a definition is. */
    public enum State {
        /** The first of its tool that was seen. */
        FIRST,
        /** Another than the first, which nobody accepted. */
        WAITING,
        /** Another than the first, which a person accepted. */
        ACCEPTED;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<State> of(String wire) {
            return List.of(values()).stream().filter(each -> each.wire().equals(wire)).findFirst();
        }
    }

    /**
     * A definition.
     *
     * @param server the MCP server, as its clients name it
     * @param sha256 of all of the definition, 64 hexadecimal digits
     * @param definition its JSON, perhaps cut
     * @param agent whose client saw it first
     * @param at when
     */
    public record Pin(
            String server,
            String tool,
            String sha256,
            State state,
            String definition,
            String agent,
            Instant at) {}

    /** Whether a call of a tool with this definition is like any other call. */
    public boolean holds(String server, String tool, String sha256) {
        return store.find(server, tool, sha256).filter(state -> state != State.WAITING).isPresent();
    }

    /** Takes in what a server says of a tool. */
    public State seen(String server, String tool, String sha256, String definition, String agent)
            throws NotRecorded {
        Optional<State> known = store.find(server, tool, sha256);
        if (known.isPresent()) {
            return known.get();
        }
        Instant now = clock.instant();
        String of = "`" + tool + "` of the MCP server `" + server + "`";
        ObjectNode body = body(server, tool, sha256).put("definition", definition);
        Optional<State> kept =
                store.keep(
                        new Pin(server, tool, sha256, State.WAITING, definition, agent, now),
                        AuditRecord.change(
                                "tool", now, null, agent, "first description of " + of, body),
                        AuditRecord.change(
                                "tool", now, null, agent, "another description of " + of, body));
        if (kept.equals(Optional.of(State.WAITING))) {
            alarms.raise(
                    AuditRecord.change(
                            "alarm",
                            now,
                            null,
                            agent,
                            of
                                    + " is described in another way than before; its calls are"
                                    + " asked about until a person accepts that",
                            body(server, tool, sha256)));
        }
        Optional<State> state = kept.or(() -> store.find(server, tool, sha256));
        if (state.isEmpty()) {
            alarms.raise(
                    AuditRecord.change(
                            "alarm",
                            now,
                            null,
                            agent,
                            "`"
                                    + agent
                                    + "` brought more descriptions of tools than are kept; what is"
                                    + " new is asked about",
                            JsonNodeFactory.instance.objectNode()));
        }
        return state.orElse(State.WAITING);
    }

    /**
     * A person accepts a definition.
     *
     * @return whether it waited for that
     */
    public boolean accept(String server, String tool, String sha256, String person)
            throws NotRecorded {
        return store.accept(
                server,
                tool,
                sha256,
                AuditRecord.change(
                        "tool",
                        clock.instant(),
                        person,
                        null,
                        person
                                + " accepted the description of `"
                                + tool
                                + "` of the MCP server `"
                                + server
                                + "`",
                        body(server, tool, sha256)));
    }

    /** Those of a state, or all. */
    public List<Pin> all(Optional<State> state) {
        return store.all(state, MOST_LISTED);
    }

    /** Every definition of one tool, oldest first. */
    public List<Pin> of(String server, String tool) {
        return store.of(server, tool);
    }

    private static ObjectNode body(String server, String tool, String sha256) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("server", server)
                .put("tool", tool)
                .put("sha256", sha256);
    }
}
