package dev.countersign.people;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.Subject;
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

    private static final String TENANT = "default";

    private final PeopleStore store;
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

    /**
     * Wires it to its store.
     *
     * @param trustSetup whether personal tokens made by the owner shortcut may vote at once
     *     (provisioning and tests)
     */
    public Identity(PeopleStore store, Clock clock, boolean trustSetup) {
        this.store = store;
        this.clock = clock;
        this.trustSetup = trustSetup;
        ownerSecret = secrets.secret("cso_");
        ownerHash = Secrets.hash(ownerSecret);
    }

    /**
     * The secret of the owner shortcut; it lives as long as the process, in a file only the owner
     * can read.
     */
    public String ownerSecret() {
        return ownerSecret;
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
        // Computed under the map's lock, so that a revocation at the same moment is never
        // overwritten.
        @Nullable Token token =
                tokensByHash.computeIfAbsent(hash, h -> store.tokenByHash(h).orElse(null));
        if (token == null) {
            return Optional.empty();
        }
        return token.validAt(clock.instant()) ? principal(token) : Optional.empty();
    }

    private Optional<Principal> principal(Token token) {
        return switch (token.kind()) {
            case AGENT, DEVICE ->
                    Optional.of(
                            new Principal.Agent(
                                    token.id(),
                                    new Subject(
                                            TENANT,
                                            token.agent() == null ? token.name() : token.agent(),
                                            null,
                                            token.person(),
                                            token.project())));
            case PERSONAL -> {
                String email = token.person();
                yield email == null
                        ? Optional.empty()
                        : store.person(email)
                                .map(p -> Principal.Person.of(p, token.id(), token.confirmed()));
            }
        };
    }

    /** The first owner, made when nobody is there yet. */
    public Person firstOwner() throws NotRecorded {
        List<Person> owners =
                store.people().stream().filter(p -> p.roles().contains(Roles.OWNER)).toList();
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
        store.put(owner, record("people", owner.email(), null, summary, body));
        return owner;
    }

    /**
     * Removes a person: their tokens end first, and those of their agents too, because nobody
     * drives those any more.
     */
    public void remove(Person person, Principal by) throws NotRecorded {
        for (Token token : store.tokens()) {
            if (person.email().equals(token.person()) && token.revoked() == null) {
                boolean _ = revoke(token.id(), by);
            }
        }
        store.remove(
                person.email(),
                record(
                        "people",
                        person.email(),
                        null,
                        person.email() + " removed by " + by.name(),
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("email", person.email())
                                .put("removed", true)
                                .put("by", by.name())));
    }

    /**
     * Makes a token.
     *
     * @param kind what it stands for
     * @param name what its maker calls it
     * @param agent the agent it speaks for, or null
     * @param email the person it belongs to, or null
     * @param project the project it is bound to, or null
     * @param by who makes it; only a signed-in person's own token, or set-up under trust, may vote
     */
    public NewToken createToken(
            Token.Kind kind,
            String name,
            @Nullable String agent,
            @Nullable String email,
            @Nullable String project,
            Principal by)
            throws NotRecorded {
        boolean own = by instanceof Principal.Person p && p.votes() && p.email().equals(email);
        boolean confirmed =
                kind == Token.Kind.PERSONAL
                        && (own || (trustSetup && by instanceof Principal.Owner));
        String secret = secrets.secret(kind == Token.Kind.PERSONAL ? "csp_" : "csa_");
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
                        now.plus(Duration.ofDays(365)),
                        null);
        store.put(
                token,
                tokenEvent(token, by, kind.wire() + " token `" + name + "` made by " + by.name()));
        return new NewToken(secret, token);
    }

    /** Lets a personal token vote; only its own person, signed in, may say so. */
    public boolean confirm(String tokenId, Principal.Person by) throws NotRecorded {
        Optional<Token> found =
                store.tokens().stream().filter(t -> t.id().equals(tokenId)).findFirst();
        if (found.isEmpty() || !by.votes() || !by.email().equals(found.get().person())) {
            return false;
        }
        Token t = found.get();
        replace(
                new Token(
                        t.id(),
                        t.name(),
                        t.kind(),
                        t.hash(),
                        t.agent(),
                        t.person(),
                        t.project(),
                        true,
                        t.created(),
                        t.expires(),
                        t.revoked()),
                by,
                "token `" + t.name() + "` confirmed by " + by.email());
        return true;
    }

    /** Ends a token at once; false when there is none. */
    public boolean revoke(String tokenId, Principal by) throws NotRecorded {
        Optional<Token> found =
                store.tokens().stream().filter(t -> t.id().equals(tokenId)).findFirst();
        if (found.isEmpty()) {
            return false;
        }
        Token t = found.get();
        replace(
                new Token(
                        t.id(),
                        t.name(),
                        t.kind(),
                        t.hash(),
                        t.agent(),
                        t.person(),
                        t.project(),
                        t.confirmed(),
                        t.created(),
                        t.expires(),
                        clock.instant()),
                by,
                "token `" + t.name() + "` revoked by " + by.name());
        return true;
    }

    private void replace(Token token, Principal by, String summary) throws NotRecorded {
        store.put(token, tokenEvent(token, by, summary));
        tokensByHash.put(token.hash(), token);
    }

    private AuditRecord tokenEvent(Token token, Principal by, String summary) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("token", token.id());
        body.put("name", token.name());
        body.put("token_kind", token.kind().wire());
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
