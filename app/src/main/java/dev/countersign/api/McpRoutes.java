package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.gateway.Authority;
import dev.countersign.gateway.McpEndpoint;
import dev.countersign.gateway.RemoteServer;
import dev.countersign.people.Principal;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code /mcp/{name}}: remote MCP servers behind this one. */
final class McpRoutes {
    private static final String SESSION = "Mcp-Session-Id";

    private final Map<String, McpEndpoint> servers;
    private final Callers callers;
    private final DecisionRoutes decisions;
    private final ToolRoutes tools;

    McpRoutes(
            List<RemoteServer> servers,
            Callers callers,
            DecisionRoutes decisions,
            ToolRoutes tools) {
        this.servers = McpEndpoint.all(servers);
        this.callers = callers;
        this.decisions = decisions;
        this.tools = tools;
    }

    void answer(
            String name, ServerRequest request, ServerResponse response, Principal.Agent agent) {
        McpEndpoint server = servers.get(name);
        if (server == null) {
            throw Problem.notFound("no MCP server `" + Fields.shown(name) + "` is set up here");
        }
        // A page of another site must not speak for its reader's tools.
        Callers.requireOwnPage(request);
        byte[] body;
        try {
            body = Bodies.bytes(request);
        } catch (Bodies.Unusable e) {
            throw e.problem();
        }
        McpEndpoint.Incoming in =
                new McpEndpoint.Incoming(
                        request.prologue().method().text(),
                        headers(request),
                        body,
                        agent.tokenId(),
                        "mcp",
                        new Here(request, agent));
        try {
            send(response, server.answer(in));
        } catch (IOException e) {
            throw new Problem(
                    Problem.Kind.UNREACHABLE,
                    "the MCP server `" + name + "` cannot be reached: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(Problem.Kind.UNREACHABLE, "the server is stopping");
        }
    }

    /** By small names; a header that comes twice counts for none of its values. */
    private static Map<String, String> headers(ServerRequest request) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : request.headers()) {
            List<String> values = header.allValues();
            String name = header.name().toLowerCase(Locale.ROOT);
            if (name.startsWith("mcp-") && values.size() != 1) {
                throw Problem.badRequest(
                        "the header `" + Fields.shown(name) + "` stands here twice");
            }
            headers.put(name, String.join(", ", values));
        }
        return headers;
    }

    private static void send(ServerResponse response, McpEndpoint.Outgoing out) throws IOException {
        response.status(Status.create(out.status()));
        if (!out.session().isEmpty()) {
            response.header(SESSION, out.session());
        }
        if (out.type().isEmpty()) {
            response.send();
            return;
        }
        response.header(HeaderNames.CONTENT_TYPE, out.type());
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        try (OutputStream stream = response.outputStream()) {
            out.body().to(stream);
        } catch (IOException e) {
            // Half of it is sent; who reads it sees that it breaks off.
            throw new UncheckedIOException(e);
        }
    }

    /** The authority, asked in this very process. */
    private final class Here implements Authority {
        private final ServerRequest request;
        private final Principal.Agent agent;

        Here(ServerRequest request, Principal.Agent agent) {
            this.request = request;
            this.agent = agent;
        }

        @Override
        public ObjectNode decide(ObjectNode call) throws Silent {
            try {
                return decisions.post(request, call, agent);
            } catch (Problem e) {
                throw new Silent(e.detail());
            }
        }

        @Override
        public ObjectNode later(String id, Duration wait) throws Silent {
            try {
                return decisions.get(id, Optional.of(Math.max(1, wait.toMillis()) + "ms"), agent);
            } catch (Problem e) {
                throw new Silent(e.detail());
            }
        }

        @Override
        public ObjectNode seen(ObjectNode found) throws Silent {
            try {
                return tools.seen(request, found, agent);
            } catch (Problem e) {
                throw new Silent(e.detail());
            } catch (NotRecorded e) {
                throw new Silent("it could not be recorded: " + e.getMessage());
            }
        }

        @Override
        public boolean present() {
            return callers.now(request).filter(Principal.Agent.class::isInstance).isPresent();
        }

        @Override
        public void outcome(ObjectNode outcome) throws Silent {
            try {
                JsonNode _ = decisions.outcome(outcome, agent);
            } catch (Problem e) {
                throw new Silent(e.detail());
            } catch (NotRecorded e) {
                throw new Silent("it could not be recorded: " + e.getMessage());
            }
        }
    }
}
