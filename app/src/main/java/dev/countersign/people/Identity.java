package dev.countersign.people;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.Subject;
import dev.countersign.people.OrganisationStore.Step.EndToken;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Answers which program is asking, and hands out the tokens that prove it. */
public final class Identity {
    /** The person the first sign-in link stands for; a laptop has one owner. */
    public static final String FIRST_OWNER = "owner@localhost";

    /** What ends the name of a tenant in its tokens; it is in no secret. */
    private static final char NAME_END = '.';

    private static final int MOST_KEPT = 100_000;

    private final String tenant;
    private final PeopleStore store;
    private final Roles roles;
    private final Directory directory;
    private final TokenLife life;
    private final Clock clock;
    private final boolean trustSetup;
    private final Secrets secrets = new Secrets();
    private final String ownerHash;
    private final String ownerSecret;
    private final ConcurrentHashMap<String, Token> tokensByHash = new ConcurrentHashMap<>();

    /**
     * A token just made.
     *
     * @param secret what is shown once
     * @param token what is kept
     */
    public record NewToken(String secret, Token token) {}

    /** Whose token it would be, or what it was to be made with, is gone since a moment ago. */
    public static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone(String email) {
            super(
                    email + ", or what the token was made with, is gone since a moment ago",
                    null,
                    false,
                    false);
        }
    }

    /**
     * Wires it to its store.
     *
     * @param tenant the organisation whose people and agents these are
     * @param roles what roles permit
     * @param directory the agents there are, and where it is noted that a token was used
     * @param life how long tokens last
     * @param trustSetup whether personal tokens made by the owner shortcut may vote at once
     *     (provisioning and tests)
     */
    public Identity(
            String tenant,
            PeopleStore store,
            Roles roles,
            Directory directory,
            TokenLife life,
            Clock clock,
            boolean trustSetup) {
        this.tenant = tenant;
        this.store = store;
        this.roles = roles;
        this.directory = directory;
        this.life = life;
        this.clock = clock;
        this.trustSetup = trustSetup;
        ownerSecret = secrets.secret(prefix("cso_"));
        ownerHash = Secrets.hash(ownerSecret);
    }

    /**
     * The secret of the owner shortcut; it lives as long as the process, in a file only the owner
     * can read.
     */
    public String ownerSecret() {
        return ownerSecret;
    }

    /** So that a token finds its tenant under every address of the server. */
    private String prefix(String kind) {
        return tenant.equals(Tenant.FIRST) ? kind : kind + tenant + NAME_END;
    }

    /** The tenant a token says it is of, true or not; empty when it says none. */
    public static Optional<String> tenantOf(String secret) {
        int end = secret.indexOf(NAME_END);
        int start = secret.indexOf('_') + 1;
        return start > 0 && end > start
                ? Optional.of(secret.substring(start, end))
                : Optional.empty();
    }

    /** The organisation whose people and agents these are. */
    public String tenant() {
        return tenant;
    }

    /** What time it is for tokens. */
    public Instant now() {
        return clock.instant();
    }

    public boolean trustsSetup() {
        return trustSetup;
    }

    /** Who a bearer token stands for; empty when it is unknown, expired or revoked. */
    public Optional<Principal> byBearer(String secret) {
        String hash = Secrets.hash(secret);
        if (Secrets.same(hash, ownerHash)) {
            return Optional.of(new Principal.Owner());
        }
        if (tokensByHash.size() >= MOST_KEPT) {
            tokensByHash.clear();
        }
        // Computed under the map's lock, and only ever taken out by whoever changes one: what a
        // change at the same moment leaves in the store is then what is read next.
        @Nullable Token token =
                tokensByHash.computeIfAbsent(hash, h -> store.tokenByHash(h).orElse(null));
        if (token == null) {
            return Optional.empty();
        }
        if (!token.validAt(clock.instant())) {
            return Optional.empty();
        }
        directory.used(token.id());
        return principal(token);
    }

    private Optional<Principal> principal(Token token) {
        return switch (token.kind()) {
            case AGENT, DEVICE -> {
                String agent = token.agent() == null ? token.name() : token.agent();
                // Where somebody said in which project an agent works, no token says otherwise.
                @Nullable String project =
                        directory.agent(agent).map(Agent::project).orElse(token.project());
                yield Optional.of(
                        new Principal.Agent(
                                token.id(),
                                new Subject(tenant, agent, null, token.person(), project),
                                token.scopes(),
                                token.kind() == Token.Kind.DEVICE));
            }
            case PERSONAL -> {
                String email = token.person();
                yield email == null
                        ? Optional.empty()
                        : store.person(email)
                                .map(p ->
                                        new Principal.Person(
                                                p,
                                                rights(p, token),
                                                token.id(),
                                                token.confirmed(),
                                                token.scopes(),
                                                token.id()));
            }
        };
    }

    private Rights rights(Person person, Token token) {
        Rights rights = roles.rights(person);
        return token.project() == null ? rights : rights.within(token.project());
    }

    /** A person who just showed who they are. */
    public Principal.Person signedIn(Person person, String sessionId) {
        return Principal.Person.of(person, roles.rights(person), sessionId, true);
    }

    /** The first owner, made when nobody is there yet. */
    public Person firstOwner() throws NotRecorded {
        List<Person> owners = store.found("role:" + Roles.OWNER, 1);
        if (!owners.isEmpty()) {
            return owners.getFirst();
        }
        Person owner = new Person(FIRST_OWNER, "Owner", Set.of(Roles.OWNER));
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("email", owner.email())
                .put("name", owner.name())
                .putArray("roles")
                .add(Roles.OWNER);
        String summary = "first owner " + owner.email() + " added";
        boolean _ = store.put(owner, record("people", owner.email(), null, summary, body));
        return owner;
    }

    /** What ends the tokens of somebody who is removed, and those of their agents with them. */
    public List<EndToken> endingOf(Person person, Principal by) {
        return ending(store.tokensOf(person.email()), by);
    }

    /** What ends the tokens of an agent that may not ask any more. */
    public List<EndToken> endingOfAgent(String agent, Principal by) {
        return ending(store.tokensOfAgent(agent), by);
    }

    private List<EndToken> ending(List<Token> tokens, Principal by) {
        return tokens.stream()
                .filter(token -> token.revoked() == null)
                .map(token ->
                        new EndToken(
                                token.revokedAt(clock.instant()),
                                tokenEvent(
                                        token,
                                        by,
                                        "token `" + token.name() + "` revoked by " + by.name())))
                .toList();
    }

    /** Tokens have ended: those of the steps, and what was made since these were written down. */
    public void ended() {
        tokensByHash.clear();
    }

    /**
     * Makes a token.
     *
     * @param kind what it stands for
     * @param name what its maker calls it
     * @param agent the agent it speaks for, or null
     * @param email the person it belongs to, or null
     * @param project the project it is bound to, or null
     * @param scopes what it is for
     * @param lasts how long, or null for as long as is usual
     * @param by who makes it; only a signed-in person's own token, or set-up under trust, may vote
     */
    public NewToken createToken(
            Token.Kind kind,
            String name,
            @Nullable String agent,
            @Nullable String email,
            @Nullable String project,
            Set<TokenScope> scopes,
            @Nullable Duration lasts,
            Principal by)
            throws NotRecorded {
        boolean own = by instanceof Principal.Person p && p.votes() && p.email().equals(email);
        boolean confirmed =
                kind == Token.Kind.PERSONAL
                        && (own || (trustSetup && by instanceof Principal.Owner));
        String secret = secrets.secret(prefix(kind == Token.Kind.PERSONAL ? "csp_" : "csa_"));
        Instant now = clock.instant();
        Token token =
                new Token(
                        secrets.id("tok_"),
                        name,
                        kind,
                        Secrets.hash(secret),
                        agent,
                        email,
                        project,
                        confirmed,
                        now,
                        now.plus(lasts == null ? life.usual() : lasts),
                        null,
                        scopes,
                        null,
                        madeWith(by));
        boolean added =
                store.add(
                        token,
                        tokenEvent(
                                token,
                                by,
                                kind.wire() + " token `" + name + "` made by " + by.name()));
        if (!added) {
            throw new Gone(String.valueOf(email));
        }
        return new NewToken(secret, token);
    }

    /** The same for all that its kind can be for, for as long as is usual. */
    public NewToken createToken(
            Token.Kind kind,
            String name,
            @Nullable String agent,
            @Nullable String email,
            @Nullable String project,
            Principal by)
            throws NotRecorded {
        return createToken(kind, name, agent, email, project, TokenScope.all(kind), null, by);
    }

    /** What ends what somebody makes; nothing for the owner shortcut. */
    public static @Nullable String madeWith(Principal by) {
        return by instanceof Principal.Person person ? person.origin() : null;
    }

    /** How long tokens last. */
    public TokenLife tokenLife() {
        return life;
    }

    /** Lets a personal token vote; only its own person, signed in, may say so. */
    public boolean confirm(String tokenId, Principal.Person by) throws NotRecorded {
        Optional<Token> found = store.token(tokenId);
        if (found.isEmpty()
                || !found.get().validAt(clock.instant())
                || !by.votes()
                || !by.email().equals(found.get().person())) {
            return false;
        }
        Token token = found.get();
        replace(
                token.confirmedByPerson(by.origin()),
                by,
                "token `" + token.name() + "` confirmed by " + by.email());
        return true;
    }

    /** Ends a token at once, and nothing that was made with it; false when there is none. */
    public boolean revoke(String tokenId, Principal by) throws NotRecorded {
        Optional<Token> found = store.token(tokenId);
        if (found.isEmpty()) {
            return false;
        }
        Token token = found.get();
        replace(
                token.revokedAt(clock.instant()),
                by,
                "token `" + token.name() + "` revoked by " + by.name());
        return true;
    }

    private void replace(Token token, Principal by, String summary) throws NotRecorded {
        store.put(token, tokenEvent(token, by, summary));
        tokensByHash.remove(token.hash());
    }

    private AuditRecord tokenEvent(Token token, Principal by, String summary) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("token", token.id());
        body.put("name", token.name());
        body.put("token_kind", token.kind().wire());
        ArrayNode scopes = body.putArray("scopes");
        token.scopes().stream().sorted().forEach(scope -> scopes.add(scope.wire()));
        body.put("by", by.name());
        return record("token", token.person(), token.agent(), summary, body);
    }

    private AuditRecord record(
            String kind,
            @Nullable String email,
            @Nullable String agent,
            String summary,
            ObjectNode body) {
        return AuditRecord.change(kind, clock.instant(), email, agent, summary, body);
    }
}
