package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Scene;
import dev.countersign.call.Machine;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.Told;
import dev.countersign.decision.ToldJson;
import dev.countersign.people.Principal;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * On which machine a call would run. Only a caller on the server's own machine is judged with what
 * that machine's disk says; of any other nothing is known but what is written, and what an edge
 * there tells.
 */
public final class Whereabouts {
    private static final List<HeaderName> FORWARDED =
            List.of(
                    HeaderNames.create("Forwarded"),
                    HeaderNames.create("X-Forwarded-For"),
                    HeaderNames.create("X-Real-IP"),
                    HeaderNames.create("Via"));

    private static final Pattern HOME =
            Pattern.compile(
                    "/home/[^/]+|/Users/[^/]+|/root|/var/root|[A-Za-z]:[/\\\\]Users[/\\\\][^/\\\\]+");

    /** Below which no path is expected. */
    private static final String NO_HOME = "/home/unknown";

    private final Function<Subject, Scene> here;
    private final boolean behindProxy;

    /**
     * Knows the server's own machine.
     *
     * @param here where the calls of agents on this machine run
     * @param behindProxy whether a proxy stands in front, so that nobody can be seen to be on this
     *     machine
     */
    public Whereabouts(Function<Subject, Scene> here, boolean behindProxy) {
        this.here = here;
        this.behindProxy = behindProxy;
    }

    /**
     * Where a call would run. What an edge added is taken out of the body.
     *
     * @param by who asks
     * @param subject the same, as it is judged
     * @param body the call, whatever its shape
     * @throws ToldJson.Malformed when what the machine tells is not what is documented
     */
    Scene of(ServerRequest request, Principal by, Subject subject, JsonNode body)
            throws ToldJson.Malformed {
        @Nullable Told told = null;
        if (body instanceof ObjectNode object && object.has(ToldJson.MEMBER)) {
            told =
                    ToldJson.read(object.remove(ToldJson.MEMBER))
                            .withAnyProject(subject.project() == null);
        }
        boolean device = by instanceof Principal.Agent agent && agent.device();
        if (told == null && !device && isHere(request)) {
            return here.apply(subject);
        }
        String cwd = body.path("cwd").asText("");
        String platform = platform(cwd);
        return new Scene(
                subject,
                home(body.path("transcript_path").asText(""), cwd),
                platform,
                platform.equals("macos") ? Shell.ZSH : Shell.BASH,
                Map.of(),
                folder -> folder,
                new Machine.Elsewhere(told));
    }

    /** Whether a request comes from a process of this machine, with nobody in between. */
    boolean isHere(ServerRequest request) {
        if (behindProxy || FORWARDED.stream().anyMatch(request.headers()::contains)) {
            return false;
        }
        if (!(request.remotePeer().address() instanceof InetSocketAddress peer)
                || !(request.localPeer().address() instanceof InetSocketAddress self)) {
            return false;
        }
        InetAddress from = peer.getAddress();
        return from != null && (from.isLoopbackAddress() || from.equals(self.getAddress()));
    }

    private static String platform(String cwd) {
        if (cwd.matches("(?s)[A-Za-z]:[/\\\\].*|\\\\\\\\.*")) {
            return "windows";
        }
        return cwd.startsWith("/Users/") || cwd.startsWith("/private/") ? "macos" : "linux";
    }

    /** The home folder that paths in the call lie in. */
    private static String home(String... paths) {
        for (String path : paths) {
            Matcher home = HOME.matcher(path);
            if (home.lookingAt()) {
                return home.group();
            }
        }
        return NO_HOME;
    }
}
