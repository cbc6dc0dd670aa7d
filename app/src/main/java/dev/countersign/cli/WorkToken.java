package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * The token that a command asks with, and what it starts: an agent's own if one was given, else one
 * made for as long as the command runs. Never that of a person.
 */
final class WorkToken implements AutoCloseable {
    private static final String AGENT = "run";

    /** Should we be killed, it ends by itself. */
    private static final String LONGEST = "24h";

    private final ServerClient maker;
    private final Terminal terminal;
    private final String secret;
    private final String id;

    private WorkToken(ServerClient maker, Terminal terminal, String secret, String id) {
        this.maker = maker;
        this.terminal = terminal;
        this.secret = secret;
        this.id = id;
    }

    /**
     * Takes or makes it.
     *
     * @param server with the best credential at hand
     * @param agent who asks, if somebody said so
     */
    static WorkToken of(ServerClient server, Optional<String> agent, Terminal terminal) {
        Optional<String> own = server.agentsToken();
        if (own.isPresent()) {
            if (agent.isPresent()) {
                throw Failure.usage("COUNTERSIGN_TOKEN says who asks; `--agent` goes without it");
            }
            return new WorkToken(server, terminal, own.get(), "");
        }
        ObjectNode wanted = Json.object().put("kind", "agent").put("name", AGENT);
        wanted.put("agent", agent.orElse(AGENT)).put("expires", LONGEST);
        wanted.putArray("scopes").add("decide").add("report");
        ObjectNode made = server.post("/v1/tokens", wanted);
        return new WorkToken(server, terminal, Json.text(made, "token"), Json.text(made, "id"));
    }

    String secret() {
        return secret;
    }

    /** The server, asked with this token. */
    ServerClient server() {
        return maker.as(secret);
    }

    /** Ends one that was made. */
    @Override
    public void close() {
        if (id.isEmpty()) {
            return;
        }
        try {
            maker.delete("/v1/tokens/" + ServerClient.part(id));
        } catch (Failure e) {
            terminal.note("countersign: the token of this run could not be ended: " + e.text());
        }
    }
}
