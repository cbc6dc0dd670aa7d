package dev.countersign.people;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.people.SignInStore.Link;
import dev.countersign.people.SignInStore.Notice;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Links that sign a browser in, once. Those for today live as long as the process; invitations are
 * kept.
 */
public final class Links {
    /** How long a link of one's own, or one that the server prints, is good for. */
    public static final Duration TODAY = Duration.ofHours(12);

    /** How long an invitation is good for. */
    public static final Duration INVITATION = Duration.ofDays(7);

    private final SignInStore store;
    private final Sessions sessions;
    private final Alarms alarms;
    private final Clock clock;
    private final Secrets secrets = new Secrets();
    private final ConcurrentHashMap<String, Brief> brief = new ConcurrentHashMap<>();

    /**
     * One that is not kept.
     *
     * @param basis the session it was made in, with which it ends; where the server made it, that
     *     its person has nothing else to sign in with
     */
    private record Brief(Link link, SignInStore.Basis basis) {
        boolean given() {
            return basis instanceof SignInStore.Basis.LinkAlone;
        }
    }

    /**
     * A session that a link began.
     *
     * @param bare whether somebody invited its person, who has nothing else to sign in with yet
     */
    public record Redeemed(Sessions.New session, boolean bare) {}

    public Links(SignInStore store, Sessions sessions, Alarms alarms, Clock clock) {
        this.alarms = alarms;
        this.store = store;
        this.sessions = sessions;
        this.clock = clock;
    }

    /**
     * The code of a link by which a person signs another browser of theirs in. It ends with the
     * session it was made in.
     */
    public String own(Principal.Person person) {
        return brief(
                person.email(),
                new SignInStore.Basis.Other(person.sessionId()),
                person.origin().equals(person.sessionId()) ? null : person.origin());
    }

    /**
     * The code of a link that the server prints where it was started, for who has nothing else to
     * sign in with.
     */
    public String printed(Person person) {
        return brief(person.email(), new SignInStore.Basis.LinkAlone(), null);
    }

    private String brief(String email, SignInStore.Basis basis, @Nullable String maker) {
        Instant now = clock.instant();
        brief.values().removeIf(each -> !now.isBefore(each.link.expires()));
        String code = secrets.secret("");
        Link link = new Link(Secrets.hash(code), email, now.plus(TODAY), maker);
        brief.put(link.hash(), new Brief(link, basis));
        return code;
    }

    /**
     * The code of a link that somebody gives to another person. Who has other ways to sign in, and
     * everybody else, is told: whoever uses it is that person to us.
     *
     * @param by who gives it, as people read it
     * @param madeBy the id of the token, or the hash of the session, they came with, or null
     */
    public String invitation(Person person, String by, @Nullable String madeBy) throws NotRecorded {
        String code = secrets.secret("");
        Instant now = clock.instant();
        Optional<Notice> told = Optional.empty();
        if (signsIn(person.email()) && !by.equals(person.email())) {
            String text = "A sign-in link for you was made by " + by + ".";
            told = Optional.of(new Notice(now, text, false));
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            Receipt _ =
                    alarms.raise(
                            AuditRecord.change(
                                    "alarm",
                                    now,
                                    person.email(),
                                    null,
                                    by
                                            + " made a sign-in link for "
                                            + person.email()
                                            + ", who has other ways to sign in",
                                    body.put("email", person.email()).put("by", by)));
        }
        store.put(
                new Link(Secrets.hash(code), person.email(), now.plus(INVITATION), madeBy),
                told,
                AuditRecord.change(
                        "sign-in",
                        now,
                        person.email(),
                        null,
                        "a sign-in link for " + person.email() + " made by " + by,
                        JsonNodeFactory.instance.objectNode().put("by", by)));
        return code;
    }

    /** Whom a code would sign in; empty when it is unknown, used or too old. */
    public Optional<String> whom(String code) {
        String hash = Secrets.hash(code);
        return Optional.ofNullable(brief.get(hash))
                .map(Brief::link)
                .or(() -> store.link(hash))
                .filter(link -> clock.instant().isBefore(link.expires()))
                .map(Link::email);
    }

    /**
     * Uses up a code; empty when it is unknown, used or too old.
     *
     * @param client the browser, in a few words
     */
    public Optional<Redeemed> redeem(String code, String client) throws NotRecorded {
        String hash = Secrets.hash(code);
        Brief known = brief.remove(hash);
        Link link = known == null ? store.link(hash).orElse(null) : known.link;
        if (link == null || !clock.instant().isBefore(link.expires())) {
            return Optional.empty();
        }
        boolean bare = nothingElse(link.email());
        Sessions.New made =
                sessions.make(
                        link.email(),
                        Way.LINK,
                        client,
                        known == null || known.given() || bare,
                        link.madeBy());
        AuditRecord event = sessions.begun(made.session());
        if (known != null) {
            return store.begin(made.session(), known.basis, event)
                    ? Optional.of(new Redeemed(made, false))
                    : Optional.empty();
        }
        return store.redeem(link, made.session(), event)
                ? Optional.of(new Redeemed(made, bare))
                : Optional.empty();
    }

    /** Whether a person can sign in without a link. */
    public boolean signsIn(String email) {
        return !nothingElse(email) || store.hasAccount(email);
    }

    /** What a person was told of links that others made for them, the newest first. */
    public List<Notice> notices(String email) {
        return store.notices(email);
    }

    /**
     * What a person who signs in was not told before. Who comes by a link may be somebody else, so
     * that is told again the next time.
     */
    public List<Notice> untold(WebSession session) throws NotRecorded {
        List<Notice> untold =
                store.notices(session.email()).stream().filter(each -> !each.seen()).toList();
        if (!untold.isEmpty() && session.way() != Way.LINK) {
            store.noticesSeen(session.email());
        }
        return untold;
    }

    /** Whether links are all that a person has to sign in with. */
    public boolean nothingElse(String email) {
        return store.password(email).isEmpty() && store.passkeys(email).isEmpty();
    }

    /** Ends the links of a person that are not kept; the others go with the person. */
    public void forget(String email) {
        brief.values().removeIf(each -> each.link.email().equals(email));
    }
}
