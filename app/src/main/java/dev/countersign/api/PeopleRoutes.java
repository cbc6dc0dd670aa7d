package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.people.Identity;
import dev.countersign.people.Identity.NewToken;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Permission;
import dev.countersign.people.Person;
import dev.countersign.people.Principal;
import dev.countersign.people.Roles;
import dev.countersign.people.SignIns;
import dev.countersign.people.Token;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code /v1/people} and {@code /v1/tokens}. */
final class PeopleRoutes {

    private static final Pattern TEAM = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    private final Identity identity;
    private final SignIns signIns;
    private final PeopleStore store;
    private final Clock clock;
    private final Views views;

    PeopleRoutes(Identity identity, SignIns signIns, PeopleStore store, Clock clock, Views views) {
        this.identity = identity;
        this.signIns = signIns;
        this.store = store;
        this.clock = clock;
        this.views = views;
    }

    ObjectNode people() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("people");
        store.people().forEach(person -> list.add(json(person)));
        return json;
    }

    /** Adds a person, or changes the one with that e-mail. */
    ObjectNode put(ObjectNode body, Principal principal) throws NotRecorded {
        Fields fields = new Fields(body, "email", "name", "roles", "teams");
        String email = fields.required("email", 254).strip().toLowerCase(Locale.ROOT);
        if (!email.matches("[^\\s@]+@[^\\s@]+")) {
            throw Problem.badRequest(
                    "`email` is `" + Fields.shown(email) + "`; expected NAME@HOST");
        }
        Set<String> roles = new TreeSet<>(fields.texts("roles", 20));
        for (String role : roles) {
            if (!Roles.builtIn().containsKey(role)) {
                throw Problem.badRequest(
                        "`roles` names `"
                                + Fields.shown(role)
                                + "`; expected "
                                + String.join(", ", Roles.builtIn().keySet()));
            }
        }
        if (roles.isEmpty()) {
            roles.add(Roles.USUAL);
        }
        Set<String> teams = new TreeSet<>(fields.texts("teams", 100));
        for (String team : teams) {
            if (!TEAM.matcher(team).matches()) {
                throw Problem.badRequest(
                        "`teams` names `"
                                + Fields.shown(team)
                                + "`; expected letters, digits, `.`, `_` and `-`");
            }
        }
        Person person = new Person(email, fields.text("name", 200).orElse(email), roles, teams);
        if (!roles.contains(Roles.OWNER)) {
            requireAnotherOwner(email);
        }
        ObjectNode event = json(person).put("by", principal.name());
        store.put(
                person,
                AuditRecord.change(
                        "people",
                        clock.instant(),
                        email,
                        null,
                        email
                                + " is "
                                + String.join(", ", roles)
                                + (teams.isEmpty() ? "" : " in " + String.join(", ", teams))
                                + ", by "
                                + principal.name(),
                        event));
        ObjectNode json = json(person);
        // Who signs in may vote: such a link is for people to give, not for the owner shortcut.
        if (principal instanceof Principal.Person) {
            json.put("sign_in", link(person, principal));
        }
        return json;
    }

    /** A link that signs a person in once, for who gives it to them. */
    ObjectNode link(String email, Principal principal) throws NotRecorded {
        Person person =
                store.person(email)
                        .orElseThrow(
                                () -> Problem.notFound("nobody is `" + Fields.shown(email) + "`"));
        return JsonNodeFactory.instance
                .objectNode()
                .put("email", person.email())
                .put("sign_in", link(person, principal));
    }

    private String link(Person person, Principal principal) throws NotRecorded {
        return views.address()
                + "/sign-in?code="
                + signIns.links().invitation(person, principal.name());
    }

    /** Removes a person: nothing they said counts any more, and nothing of theirs signs in. */
    ObjectNode remove(String email, Principal principal) throws NotRecorded {
        Person person =
                store.person(email)
                        .orElseThrow(
                                () -> Problem.notFound("nobody is `" + Fields.shown(email) + "`"));
        requireAnotherOwner(email);
        signIns.links().forget(person.email());
        identity.remove(person, principal);
        return json(person);
    }

    private void requireAnotherOwner(String email) {
        List<String> owners =
                store.people().stream()
                        .filter(person -> person.roles().contains(Roles.OWNER))
                        .map(Person::email)
                        .toList();
        if (owners.equals(List.of(email))) {
            throw Problem.badRequest("`" + email + "` is the last owner and must stay one");
        }
    }

    private static ObjectNode json(Person person) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("email", person.email());
        json.put("name", person.name());
        ArrayNode roles = json.putArray("roles");
        person.roles().forEach(roles::add);
        ArrayNode teams = json.putArray("teams");
        person.teams().forEach(teams::add);
        return json;
    }

    ObjectNode tokens(Principal principal) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("tokens");
        store.tokens().stream()
                .filter(token -> mayManage(principal, token))
                .forEach(token -> list.add(json(token)));
        return json;
    }

    /** Own tokens; owners and the owner shortcut all of them. */
    private static boolean mayManage(Principal principal, Token token) {
        return switch (principal) {
            case Principal.Agent _ -> false;
            case Principal.Owner _ -> true;
            case Principal.Person person ->
                    person.may(Permission.PEOPLE) || person.email().equals(token.person());
        };
    }

    ObjectNode create(ObjectNode body, Principal principal) throws NotRecorded {
        Fields fields = new Fields(body, "kind", "name", "agent", "person", "project");
        Token.Kind kind =
                switch (fields.choice("kind", "agent", "personal", "device")) {
                    case "personal" -> Token.Kind.PERSONAL;
                    case "device" -> Token.Kind.DEVICE;
                    default -> Token.Kind.AGENT;
                };
        String name = fields.required("name", 128);
        Optional<String> agent = fields.text("agent", 128).filter(text -> !text.isBlank());
        if (kind == Token.Kind.PERSONAL && agent.isPresent()) {
            throw Problem.badRequest(
                    "`agent` belongs to agent tokens; a personal one has `person`");
        }
        Optional<String> person =
                fields.text("person", 254)
                        .map(email -> email.strip().toLowerCase(Locale.ROOT))
                        .or(() -> likelyPerson(principal));
        if (person.isEmpty() && kind == Token.Kind.PERSONAL) {
            throw Problem.badRequest("`person` is missing: whose token is it");
        }
        person.filter(email -> store.person(email).isEmpty())
                .ifPresent(email -> {
                    throw Problem.badRequest(
                            "`person` is `"
                                    + Fields.shown(email)
                                    + "`, whom nobody added; see `countersign people add`");
                });
        if (principal instanceof Principal.Person by
                && !by.may(Permission.PEOPLE)
                && !by.email().equals(person.orElse(by.email()))) {
            throw Problem.forbidden("only who may add people makes tokens for others");
        }
        NewToken made =
                identity.createToken(
                        kind,
                        name,
                        kind == Token.Kind.PERSONAL ? null : agent.orElse(name),
                        person.orElse(null),
                        fields.text("project", 256).orElse(null),
                        principal);
        ObjectNode json = json(made.token());
        json.put("token", made.secret());
        return json;
    }

    /** Whoever asks, or on the owner's machine the only person there is. */
    private Optional<String> likelyPerson(Principal principal) {
        if (principal instanceof Principal.Person by) {
            return Optional.of(by.email());
        }
        return store.people().stream()
                .filter(person -> person.roles().contains(Roles.OWNER))
                .map(Person::email)
                .findFirst();
    }

    void revoke(String id, Principal principal) throws NotRecorded {
        if (!known(id, principal) || !identity.revoke(id, principal)) {
            throw Problem.notFound("no token `" + Fields.shown(id) + "`");
        }
    }

    /** Ends the token or the browser session the caller came with. */
    void signOut(Principal principal) throws NotRecorded {
        if (principal instanceof Principal.Person person
                && !identity.revoke(person.sessionId(), person)) {
            signIns.sessions().signOut(person);
        }
    }

    ObjectNode confirm(String id, Principal principal) throws NotRecorded {
        if (!known(id, principal)) {
            throw Problem.notFound("no token `" + Fields.shown(id) + "`");
        }
        if (!(principal instanceof Principal.Person person) || !identity.confirm(id, person)) {
            throw Problem.forbidden("only the person the token belongs to may confirm it");
        }
        return store.tokens().stream()
                .filter(token -> token.id().equals(id))
                .findFirst()
                .map(PeopleRoutes::json)
                .orElseThrow(() -> Problem.notFound("no token `" + Fields.shown(id) + "`"));
    }

    private boolean known(String id, Principal principal) {
        return store.tokens().stream()
                .anyMatch(token -> token.id().equals(id) && mayManage(principal, token));
    }

    private static ObjectNode json(Token token) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", token.id());
        json.put("name", token.name());
        json.put("kind", token.kind().wire());
        json.put("agent", token.agent());
        json.put("person", token.person());
        json.put("project", token.project());
        json.put("confirmed", token.confirmed());
        json.put("created_at", token.created().toString());
        json.put("expires_at", text(token.expires()));
        json.put("revoked_at", text(token.revoked()));
        return json;
    }

    private static @Nullable String text(@Nullable Object time) {
        return time == null ? null : time.toString();
    }
}
