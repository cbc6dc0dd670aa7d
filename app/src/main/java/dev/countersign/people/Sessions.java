package dev.countersign.people;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The sessions of browsers: begun by signing in, ended by people, by idling and by age. */
public final class Sessions {
    private static final System.Logger LOG = System.getLogger(Sessions.class.getName());

    /** For so long after people showed that it is them, what is grave takes no more. */
    public static final Duration RECENT = Duration.ofMinutes(5);

    /** Uses closer together than this are noted as one. */
    private static final Duration TO_THE = Duration.ofMinutes(1);

    /** What a session is known by is as long; no token's id is. */
    public static final int HASH_DIGITS = 64;

    private final SignInStore store;
    private final PeopleStore people;
    private final Roles roles;
    private final Limits limits;
    private final Clock clock;
    private final Secrets secrets = new Secrets();
    private volatile Consumer<String> allEnd = _ -> {};

    /**
     * How long sessions last.
     *
     * @param idle without any use
     * @param absolute however much they are used
     */
    public record Limits(Duration idle, Duration absolute) {
        public static final Limits USUAL = new Limits(Duration.ofHours(12), Duration.ofDays(7));
    }

    /**
     * A session just made.
     *
     * @param cookie the value of the cookie, which browsers send to every port of the host name
     * @param key what the pages carry, which no other port gets
     * @param session what is kept
     */
    public record New(String cookie, String key, WebSession session) {}

    public Sessions(
            SignInStore store, PeopleStore people, Roles roles, Limits limits, Clock clock) {
        this.store = store;
        this.people = people;
        this.roles = roles;
        this.limits = limits;
        this.clock = clock;
    }

    /** Who else ends what a person could begin a session with, when all of theirs end. */
    public void whenAllEnd(Consumer<String> other) {
        allEnd = allEnd.andThen(other);
    }

    /**
     * Begins a session, always a new one; none where what it rests on is not there any more.
     *
     * @param client the browser, in a few words
     */
    Optional<New> begin(String email, Way way, String client, SignInStore.Basis basis)
            throws NotRecorded {
        return kept(make(email, way, client, true, null), basis);
    }

    /**
     * Begins one of somebody a provider vouches for; none where the person is not there any more.
     *
     * @param confirmed whether its person showed just now that it is them
     */
    public Optional<New> vouched(String email, String client, boolean confirmed)
            throws NotRecorded {
        return kept(
                make(email, Way.PROVIDER, client, confirmed, null),
                new SignInStore.Basis.Vouched());
    }

    private Optional<New> kept(New made, SignInStore.Basis basis) throws NotRecorded {
        return store.begin(made.session, basis, begun(made.session))
                ? Optional.of(made)
                : Optional.empty();
    }

    /**
     * One that is not kept yet.
     *
     * @param madeBy what its link was made with, or null
     */
    New make(String email, Way way, String client, boolean confirmed, @Nullable String madeBy) {
        Instant now = clock.instant();
        String cookie = secrets.secret("css_");
        String key = secrets.secret("csk_");
        return new New(
                cookie,
                key,
                new WebSession(
                        Secrets.hash(cookie),
                        secrets.id("ses_"),
                        email,
                        way,
                        client,
                        now,
                        now.plus(limits.absolute),
                        now,
                        confirmed ? now : null,
                        Secrets.hash(key),
                        madeBy));
    }

    /** The record of one that begins. */
    AuditRecord begun(WebSession session) {
        return event(
                session.email(),
                session.email() + " signed in by " + session.way().words(),
                session);
    }

    /** Who a browser's cookie stands for. */
    public Optional<Principal.Person> byCookie(String cookie) {
        return store.session(Secrets.hash(cookie))
                .filter(this::lasts)
                .flatMap(session ->
                        people.person(session.email())
                                .map(p ->
                                        Principal.Person.of(
                                                        p, roles.rights(p), session.hash(), true)
                                                .from(origin(session))));
    }

    private static String origin(WebSession session) {
        String maker = session.madeBy();
        return maker == null ? session.hash() : maker;
    }

    /**
     * Notes that a person uses their session, so that it does not end by idling. Written at most
     * once a minute, and never a reason to refuse anything.
     */
    public void touch(Principal.Person person) {
        Instant now = clock.instant();
        Optional<WebSession> session = store.session(person.sessionId());
        if (session.isPresent() && !now.isBefore(session.get().used().plus(TO_THE))) {
            try {
                store.used(session.get().hash(), now);
            } catch (NotRecorded e) {
                LOG.log(System.Logger.Level.DEBUG, "a use was not noted", e);
            }
        }
    }

    private boolean lasts(WebSession session) {
        Instant now = clock.instant();
        return now.isBefore(session.expires()) && now.isBefore(session.used().plus(limits.idle));
    }

    /** The sessions of a person that have not ended, the newest first. */
    public List<WebSession> of(String email) {
        return store.sessions(email).stream().filter(this::lasts).toList();
    }

    /** The session a person came with, or empty where they came with a token. */
    public Optional<WebSession> current(Principal.Person person) {
        return person.sessionId().length() == HASH_DIGITS
                ? store.session(person.sessionId())
                : Optional.empty();
    }

    /**
     * Whether a page of this very session carried that: a cookie alone may have come from another
     * port of the same host name, where somebody else's program took it.
     *
     * @param shown what the form or the script sent, or empty
     */
    public boolean holds(Principal.Person person, String shown) {
        return current(person)
                .filter(session ->
                        session.page() == null || Secrets.same(Secrets.hash(shown), session.page()))
                .isPresent();
    }

    /** Lets the cookie alone be enough, for a browser that runs no scripts. */
    public void keyless(Principal.Person person) throws NotRecorded {
        Optional<WebSession> found = current(person);
        if (found.isPresent()) {
            boolean _ =
                    store.replace(
                            found.get().withoutPage(),
                            event(
                                    person.email(),
                                    person.email() + " goes on in a browser that runs no scripts",
                                    found.get()));
        }
    }

    /** When a session that is not used any more ends. */
    public Instant ends(WebSession session) {
        Instant idle = session.used().plus(limits.idle);
        return idle.isBefore(session.expires()) ? idle : session.expires();
    }

    public void signOut(Principal.Person person) throws NotRecorded {
        boolean _ =
                store.end(
                        person.sessionId(), event(person.email(), person.email() + " signed out"));
    }

    /** Ends a session of this person by its public id; false when there is none. */
    public boolean end(String email, String id, Principal by) throws NotRecorded {
        Optional<WebSession> found =
                store.sessions(email).stream().filter(each -> each.id().equals(id)).findFirst();
        return found.isPresent()
                && store.end(
                        found.get().hash(),
                        event(
                                email,
                                "a browser session of " + email + " ended by " + by.name(),
                                found.get()));
    }

    /**
     * Ends all sessions of a person, and the links nobody has used yet.
     *
     * @param but the one that stays, or empty
     * @return how many ended
     */
    public int endAll(String email, Optional<Principal.Person> but, Principal by)
            throws NotRecorded {
        int ended =
                store.endAll(
                        email,
                        but.map(Principal.Person::sessionId).orElse(""),
                        event(
                                email,
                                "the browser sessions of " + email + " ended by " + by.name()));
        allEnd.accept(email);
        return ended;
    }

    /**
     * Ends the links that were made with a token or in a session, and the sessions that began with
     * such.
     *
     * @param maker the id of the token, or the hash of the session
     * @return those that ended
     */
    List<WebSession> endMadeWith(String maker, Principal by) throws NotRecorded {
        List<WebSession> ended = new ArrayList<>();
        store.endLinks(maker);
        for (WebSession session : store.sessionsMadeBy(maker)) {
            boolean there =
                    store.end(
                            session.hash(),
                            event(
                                    session.email(),
                                    "a browser session of "
                                            + session.email()
                                            + " ended by "
                                            + by.name()
                                            + " with what its link was made with",
                                    session));
            if (there) {
                ended.add(session);
            }
        }
        return ended;
    }

    /** What ends all sessions of a person but their own, together with something else. */
    SignInStore.Ending ending(Principal.Person but) {
        return new SignInStore.Ending(
                but.sessionId(),
                event(
                        but.email(),
                        "the browser sessions of " + but.email() + " ended by " + but.name()));
    }

    /** They ended. */
    void ended(String email) {
        allEnd.accept(email);
    }

    /**
     * Whether somebody showed of late that it is them. What a token may was settled when its person
     * confirmed it.
     */
    public boolean recent(Principal.Person person) {
        if (person.sessionId().length() != HASH_DIGITS) {
            return true;
        }
        return store.session(person.sessionId())
                .map(WebSession::confirmed)
                .filter(at -> clock.instant().isBefore(at.plus(RECENT)))
                .isPresent();
    }

    /** Somebody showed again that it is them. */
    void confirm(Principal.Person person, Way way) throws NotRecorded {
        Optional<WebSession> found = store.session(person.sessionId());
        if (found.isPresent()) {
            WebSession now = found.get().confirmedAt(clock.instant());
            boolean _ =
                    store.replace(
                            now,
                            event(
                                    now.email(),
                                    now.email() + " confirmed that it is them by " + way.words(),
                                    now));
        }
    }

    private AuditRecord event(String email, String summary) {
        return AuditRecord.change(
                "sign-in",
                clock.instant(),
                email,
                null,
                summary,
                JsonNodeFactory.instance.objectNode());
    }

    private AuditRecord event(String email, String summary, WebSession session) {
        return AuditRecord.change(
                "sign-in",
                clock.instant(),
                email,
                null,
                summary,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("session", session.id())
                        .put("way", session.way().wire())
                        .put("client", session.client()));
    }
}
