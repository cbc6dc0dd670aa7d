package dev.countersign.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.Agent;
import dev.countersign.people.DeviceLogins;
import dev.countersign.people.DeviceLogins.Pending;
import dev.countersign.people.Directory;
import dev.countersign.people.Identity;
import dev.countersign.people.Identity.NewToken;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Permission;
import dev.countersign.people.Person;
import dev.countersign.people.Principal;
import dev.countersign.people.Token;
import dev.countersign.people.TokenScope;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code /v1/login}: the device flow of RFC 8628. Its errors have the shape of that document. */
final class LoginRoutes {
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";

    private final DeviceLogins logins;
    private final Identity identity;
    private final PeopleStore store;
    private final Remote remote;
    private final Directory directory;
    private final Clock clock;
    private final Views views;

    LoginRoutes(
            DeviceLogins logins,
            Identity identity,
            PeopleStore store,
            Remote remote,
            Directory directory,
            Clock clock,
            Views views) {
        this.remote = remote;
        this.logins = logins;
        this.identity = identity;
        this.store = store;
        this.directory = directory;
        this.clock = clock;
        this.views = views;
    }

    /** What is answered: an OAuth answer, or an OAuth error with status 400. */
    record Reply(int status, ObjectNode json) {}

    Reply device(ServerRequest request) {
        ObjectNode body = fields(request);
        Fields fields = new Fields(body, "client_id", "scope", "name", "agent");
        String name =
                fields.text("name", 100)
                        .or(() -> fields.text("client_id", 100))
                        .filter(text -> !text.isBlank())
                        .orElse("a program");
        @Nullable String agent =
                fields.text("agent", 128).map(EntityReader::agentName).orElse(null);
        Token.Kind kind = kind(agent);
        Optional<Set<TokenScope>> scopes = scopes(fields.text("scope", 200).orElse(""), kind);
        if (scopes.isEmpty()) {
            return error("invalid_scope");
        }
        Pending pending;
        try {
            pending =
                    logins.start(
                            new DeviceLogins.Asked(
                                    name,
                                    agent,
                                    scopes.get(),
                                    remote.address(request),
                                    remote.shown(request),
                                    remote.here(request)));
        } catch (DeviceLogins.Later e) {
            throw Problem.tooMany("too many sign-ins were begun", e.pause());
        }
        String page = views.address() + "/device";
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("device_code", pending.deviceCode());
        json.put("user_code", pending.userCode());
        json.put("verification_uri", page);
        json.put("verification_uri_complete", page + "?code=" + pending.userCode());
        json.put("expires_in", Duration.between(clock.instant(), pending.expires()).toSeconds());
        json.put("interval", 1);
        return new Reply(200, json);
    }

    private static Token.Kind kind(@Nullable String agent) {
        return agent == null ? Token.Kind.PERSONAL : Token.Kind.DEVICE;
    }

    /** What the token is to be for, in the words of RFC 6749; all it can be where nobody says. */
    private static Optional<Set<TokenScope>> scopes(String text, Token.Kind kind) {
        Set<TokenScope> scopes = EnumSet.noneOf(TokenScope.class);
        for (String word : text.strip().split(" +", -1)) {
            Optional<TokenScope> scope = TokenScope.of(word);
            if (scope.isPresent() && TokenScope.all(kind).contains(scope.get())) {
                scopes.add(scope.get());
            } else if (!word.isEmpty()) {
                return Optional.empty();
            }
        }
        return Optional.of(scopes.isEmpty() ? TokenScope.all(kind) : scopes);
    }

    Reply token(ServerRequest request) throws NotRecorded {
        Fields fields = new Fields(fields(request), "grant_type", "device_code", "client_id");
        if (!GRANT.equals(fields.text("grant_type", 100).orElse(GRANT))) {
            return error("unsupported_grant_type");
        }
        Optional<Pending> found = logins.poll(fields.required("device_code", 200));
        if (found.isEmpty()) {
            return error("expired_token");
        }
        Pending pending = found.get();
        if (pending.denied()) {
            return error("access_denied");
        }
        Optional<Person> person = Optional.ofNullable(pending.person()).flatMap(store::person);
        if (person.isEmpty()) {
            return error(pending.person() == null ? "authorization_pending" : "access_denied");
        }
        Principal.Person signedIn =
                identity.signedIn(person.get(), String.valueOf(pending.origin()));
        @Nullable String agent = pending.asked().agent();
        Optional<Agent> known = agent == null ? Optional.empty() : directory.agent(agent);
        boolean theirs = known.isEmpty() || PeopleRoutes.mayMakeFor(known.get(), signedIn);
        if (agent != null && !(theirs && signedIn.may(Permission.ACT))) {
            return error("access_denied");
        }
        NewToken made;
        try {
            made =
                    identity.createToken(
                            kind(agent),
                            pending.asked().name(),
                            agent,
                            person.get().email(),
                            null,
                            pending.asked().scopes(),
                            null,
                            signedIn);
        } catch (Identity.Gone e) {
            return error("access_denied");
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("access_token", made.secret());
        json.put("token_type", "Bearer");
        json.put(
                "scope",
                pending.asked().scopes().stream()
                        .sorted()
                        .map(TokenScope::wire)
                        .collect(Collectors.joining(" ")));
        json.put("id", made.token().id());
        json.put("person", person.get().email());
        if (agent != null) {
            json.put("agent", agent);
        }
        if (made.token().expires() != null) {
            json.put(
                    "expires_in",
                    Duration.between(clock.instant(), made.token().expires()).toSeconds());
        }
        return new Reply(200, json);
    }

    private static Reply error(String code) {
        return new Reply(400, JsonNodeFactory.instance.objectNode().put("error", code));
    }

    /** Forms are what the RFC says; JSON is what everything else here takes. */
    private static ObjectNode fields(ServerRequest request) {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        if (!type.startsWith("application/x-www-form-urlencoded")) {
            return Bodies.object(request);
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        Map<String, String> form = Bodies.form(request);
        form.forEach(json::put);
        return json;
    }
}
