package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.OrganisationRoutes.Part;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.Emails;
import dev.countersign.people.Agent;
import dev.countersign.people.Directory;
import dev.countersign.people.Entity;
import dev.countersign.people.Identity;
import dev.countersign.people.Identity.NewToken;
import dev.countersign.people.OrganisationStore;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Permission;
import dev.countersign.people.Person;
import dev.countersign.people.Principal;
import dev.countersign.people.Revocation;
import dev.countersign.people.Roles;
import dev.countersign.people.Sessions;
import dev.countersign.people.SignIns;
import dev.countersign.people.Token;
import dev.countersign.people.TokenScope;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /v1/people} and {@code /v1/tokens}. */
public final class PeopleRoutes {

    private static final int USUAL = 1_000;

    private final Identity identity;
    private final SignIns signIns;
    private final Revocation revocation;
    private final PeopleStore people;
    private final OrganisationStore store;
    private final OrganisationRoutes organisation;
    private final Directory directory;
    private final Views views;

    PeopleRoutes(
            Identity identity,
            Revocation revocation,
            SignIns signIns,
            PeopleStore people,
            OrganisationStore store,
            OrganisationRoutes organisation,
            Directory directory,
            Views views) {
        this.identity = identity;
        this.revocation = revocation;
        this.signIns = signIns;
        this.people = people;
        this.store = store;
        this.organisation = organisation;
        this.directory = directory;
        this.views = views;
    }

    /** Part of all people by e-mail, with {@code next} where more follow. */
    ObjectNode people(Optional<String> after, Optional<String> limit) {
        Part part = Part.of(after, limit, USUAL);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("people");
        List<Entity> found = store.list(Entity.Kind.PERSON, part.after(), part.most() + 1);
        found.stream().limit(part.most()).forEach(person -> list.add(Reorganisation.json(person)));
        if (found.size() > part.most()) {
            json.put("next", found.get(part.most() - 1).id());
        }
        return json;
    }

    /** Adds a person, or changes the one with that e-mail. */
    public ObjectNode put(ObjectNode body, Principal principal) throws NotRecorded {
        Fields fields = new Fields(body, "email", "name", "roles", "teams");
        String email = EntityReader.email(fields.required("email", 254));
        ObjectNode written = body.without("email");
        Entity entity = EntityReader.read(Entity.Kind.PERSON, email, written);
        organisation.make(principal, draft -> draft.put(entity, written));
        Person person = people.person(email).orElseThrow(() -> gone(email));
        ObjectNode json = Reorganisation.json(person);
        // Who signs in may vote: such a link is for people to give, not for the owner shortcut,
        // and not for a token that may less than a browser.
        if (principal instanceof Principal.Person by && isWhole(by) && !ownByToken(email, by)) {
            json.put("sign_in", link(person, principal));
        }
        return json;
    }

    private static Problem gone(String email) {
        return Problem.notFound("nobody is `" + Fields.shown(email) + "`");
    }

    /** A link that signs a person in once, for who gives it to them. */
    public ObjectNode link(String email, Principal principal) throws NotRecorded {
        Person person = people.person(email).orElseThrow(() -> gone(email));
        requireNoMoreThanOwn(person, principal);
        if (!(principal instanceof Principal.Person by) || !isWhole(by)) {
            throw Problem.forbidden(
                    "whoever uses the link may do all a person may, and this token is not for all"
                            + " of that");
        }
        if (ownByToken(email, by)) {
            // The session would outlive the token, and count as somebody who just signed in.
            throw Problem.forbidden(
                    "a token makes no sign-in link for its own person; sign in, and make it on the"
                            + " page `/device`");
        }
        return JsonNodeFactory.instance
                .objectNode()
                .put("email", person.email())
                .put("sign_in", link(person, principal));
    }

    private boolean ownByToken(String email, Principal.Person by) {
        return by.email().equals(email) && people.token(by.sessionId()).isPresent();
    }

    /** Whether this sign-in is for everything. */
    static boolean isWhole(Principal.Person by) {
        return by.scopes().containsAll(TokenScope.all(Token.Kind.PERSONAL));
    }

    private String link(Person person, Principal principal) throws NotRecorded {
        return views.address()
                + "/sign-in?code="
                + signIns.links()
                        .invitation(person, principal.name(), Identity.madeWith(principal));
    }

    /**
     * Own tokens; who may add people sees part of all of them, with {@code next} where more follow.
     */
    public ObjectNode tokens(Principal principal, Optional<String> after, Optional<String> limit) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("tokens");
        if (principal instanceof Principal.Person person && !person.may(Permission.PEOPLE)) {
            people.tokensOf(person.email()).forEach(token -> list.add(json(token)));
            return json;
        }
        Part part = Part.of(after, limit, USUAL);
        List<Token> found = people.tokens(part.after(), part.most() + 1);
        found.stream().limit(part.most()).forEach(token -> list.add(json(token)));
        if (found.size() > part.most()) {
            json.put("next", found.get(part.most() - 1).id());
        }
        return json;
    }

    /** Own tokens; owners and the owner shortcut all of them. */
    private static boolean mayManage(Principal principal, Token token) {
        return switch (principal) {
            case Principal.Owner _ -> true;
            case Principal.Person person ->
                    person.may(Permission.PEOPLE) || person.email().equals(token.person());
            case Principal.Agent _ -> false;
        };
    }

    /** Makes a token; its secret is in the answer and nowhere else. */
    public ObjectNode create(ObjectNode body, Principal principal) throws NotRecorded {
        Fields fields =
                new Fields(body, "kind", "name", "agent", "person", "project", "scopes", "expires");
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
                fields.text("person", 254).map(Emails::normal).or(() -> likelyPerson(principal));
        if (person.isEmpty() && kind == Token.Kind.PERSONAL) {
            throw Problem.badRequest("`person` is missing: whose token is it");
        }
        person.filter(email -> people.person(email).isEmpty())
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
        person.flatMap(people::person).ifPresent(theirs -> requireNoMoreThanOwn(theirs, principal));
        String speaks = agent.orElse(name);
        Optional<String> project = fields.text("project", 256);
        if (kind != Token.Kind.PERSONAL) {
            String _ = EntityReader.agentName(speaks);
            directory
                    .agent(speaks)
                    .ifPresent(known -> {
                        requireFor(known, principal);
                        requireIn(known, project);
                    });
        }
        Set<TokenScope> scopes = scopes(fields, kind, principal);
        Optional<Duration> expires = expires(fields);
        if (principal instanceof Principal.Person by) {
            // To let agents ask is what `manage` is for; to see what they may see is not.
            requireWithin(kind == Token.Kind.PERSONAL ? scopes : seeing(scopes), by);
            expires = within(expires, by);
        }
        NewToken made;
        try {
            made =
                    identity.createToken(
                            kind,
                            name,
                            kind == Token.Kind.PERSONAL ? null : speaks,
                            person.orElse(null),
                            project.orElse(null),
                            scopes,
                            expires.orElse(null),
                            principal);
        } catch (Identity.Gone e) {
            throw Problem.conflict(String.valueOf(e.getMessage()));
        }
        ObjectNode json = json(made.token());
        json.put("token", made.secret());
        return json;
    }

    /** A token makes and confirms none that is for more than itself. */
    private static void requireWithin(Set<TokenScope> scopes, Principal.Person by) {
        Set<TokenScope> more = EnumSet.noneOf(TokenScope.class);
        more.addAll(scopes);
        more.removeAll(by.scopes());
        if (!more.isEmpty()) {
            throw Problem.forbidden(
                    "your own token is not for "
                            + String.join(", ", more.stream().map(TokenScope::wire).toList())
                            + "; name `scopes` within your own, or sign in");
        }
    }

    /** Nor one that outlives itself. */
    private Optional<Duration> within(Optional<Duration> expires, Principal.Person by) {
        Optional<Duration> own =
                people.token(by.sessionId())
                        .map(Token::expires)
                        .map(end -> Duration.between(identity.now(), end).minusSeconds(1));
        return own.filter(left -> expires.isEmpty() || expires.get().compareTo(left) > 0)
                .or(() -> expires);
    }

    /** Reading as somebody who may do more is doing more. */
    private void requireNoMoreThanOwn(Person theirs, Principal principal) {
        if (principal instanceof Principal.Person by && !by.email().equals(theirs.email())) {
            organisation.draft(principal).requireNoMoreThanOwn(theirs);
        }
    }

    /** Whether somebody makes tokens for an agent that was added. */
    static boolean mayMakeFor(Agent agent, Principal principal) {
        try {
            requireFor(agent, principal);
            return true;
        } catch (Problem notTheirs) {
            return false;
        }
    }

    /** An agent that was added gets tokens from its owner, its team, or who may add agents. */
    private static void requireFor(Agent agent, Principal principal) {
        if (agent.state() != Agent.State.ENABLED) {
            throw Problem.badRequest(
                    "the agent `"
                            + Fields.shown(agent.name())
                            + "` is "
                            + agent.state().wire()
                            + ", so no token is made for it");
        }
        if (principal instanceof Principal.Person by
                && !by.may(Permission.PEOPLE)
                && !by.email().equals(agent.owner())
                && (agent.ownerTeam() == null
                        || !by.person().teams().contains(agent.ownerTeam()))) {
            throw Problem.forbidden(
                    "the agent `"
                            + Fields.shown(agent.name())
                            + "` is somebody else's; its owner, a member of the team that owns it"
                            + " or who may add people makes its tokens");
        }
    }

    private static void requireIn(Agent agent, Optional<String> project) {
        String bound = agent.project();
        if (bound != null && project.filter(given -> !given.equals(bound)).isPresent()) {
            throw Problem.badRequest(
                    "the agent `"
                            + Fields.shown(agent.name())
                            + "` works in the project `"
                            + bound
                            + "` alone, so no token of it is for `"
                            + Fields.shown(project.get())
                            + "`");
        }
    }

    private static Set<TokenScope> seeing(Set<TokenScope> scopes) {
        return scopes.contains(TokenScope.READ) ? EnumSet.of(TokenScope.READ) : Set.of();
    }

    /** An agent's token that nobody says more of is for no more than its maker can give. */
    private static Set<TokenScope> usual(Set<TokenScope> possible, Principal principal) {
        Set<TokenScope> usual = EnumSet.copyOf(possible);
        if (principal instanceof Principal.Person by && !possible.contains(TokenScope.MANAGE)) {
            usual.removeIf(scope -> scope == TokenScope.READ && !by.scopes().contains(scope));
        }
        return usual;
    }

    private static Set<TokenScope> scopes(Fields fields, Token.Kind kind, Principal principal) {
        Set<TokenScope> possible = TokenScope.possible(kind);
        Set<TokenScope> scopes = EnumSet.noneOf(TokenScope.class);
        for (String each : fields.texts("scopes", TokenScope.values().length)) {
            scopes.add(
                    TokenScope.of(each)
                            .filter(possible::contains)
                            .orElseThrow(() ->
                                    Problem.badRequest(
                                            "`scopes` names `"
                                                    + Fields.shown(each)
                                                    + "`; of a token of this kind expected "
                                                    + String.join(
                                                            ", ",
                                                            possible.stream()
                                                                    .map(TokenScope::wire)
                                                                    .toList()))));
        }
        return scopes.isEmpty() ? usual(TokenScope.all(kind), principal) : scopes;
    }

    private Optional<Duration> expires(Fields fields) {
        Duration most = identity.tokenLife().most();
        Optional<Duration> lasts = fields.duration("expires", most);
        if (lasts.isPresent() && lasts.get().isZero()) {
            throw Problem.badRequest("`expires` is no time at all; expected such as `30d`");
        }
        return lasts;
    }

    /** Whoever asks, or on the owner's machine the only person there is. */
    private Optional<String> likelyPerson(Principal principal) {
        if (principal instanceof Principal.Person by) {
            return Optional.of(by.email());
        }
        return people.found("role:" + Roles.OWNER, 1).stream().map(Person::email).findFirst();
    }

    /**
     * Ends a token, with all that was made with it. One that ends itself signs out, as {@link
     * #signOut}.
     */
    public void revoke(String id, Principal principal) throws NotRecorded {
        boolean itself =
                principal instanceof Principal.Person person && person.sessionId().equals(id);
        if (!known(id, principal)
                || !(itself ? identity.revoke(id, principal) : revocation.revoke(id, principal))) {
            throw Problem.notFound("no token `" + Fields.shown(id) + "`");
        }
    }

    /**
     * Ends the token or the browser session the caller came with. What was made with it goes on: to
     * sign out is no sign of a thief.
     */
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
        if (principal instanceof Principal.Person by) {
            people.token(id).ifPresent(token -> requireWithin(token.scopes(), by));
        }
        if (!(principal instanceof Principal.Person person) || !identity.confirm(id, person)) {
            throw Problem.forbidden("only the person the token belongs to may confirm it");
        }
        return people.token(id)
                .map(PeopleRoutes::json)
                .orElseThrow(() -> Problem.notFound("no token `" + Fields.shown(id) + "`"));
    }

    private boolean known(String id, Principal principal) {
        return people.token(id).filter(token -> mayManage(principal, token)).isPresent();
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
        ArrayNode scopes = json.putArray("scopes");
        token.scopes().stream().sorted().forEach(scope -> scopes.add(scope.wire()));
        json.put("last_used_at", text(token.used()));
        json.put("made_by", maker(token.madeBy()));
        return json;
    }

    /** A token by its id; of a browser session only that it was one. */
    private static @Nullable String maker(@Nullable String madeBy) {
        return madeBy != null && madeBy.length() == Sessions.HASH_DIGITS ? "session" : madeBy;
    }

    private static @Nullable String text(@Nullable Object time) {
        return time == null ? null : time.toString();
    }
}
