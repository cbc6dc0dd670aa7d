package dev.countersign.people;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Emails;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Signs people in, by password, by passkey, by both. Who does not know better learns nothing: an
 * unknown person and a wrong password get the same answer after the same work.
 */
public final class SignIn {
    private static final int FREE_TRIES = 5;

    /** From all addresses together, as far as each address is within its own free tries. */
    private static final int FREE_TRIES_OF_ALL = 100;

    /** Behind one address there may be an office. */
    private static final int FREE_TRIES_OF_ADDRESS = 30;

    private static final String SECOND = "second factor of ";
    private static final Duration SECOND_LASTS = Duration.ofMinutes(5);
    private static final int LONGEST_EMAIL = 254;

    private final SignInStore store;
    private final PeopleStore people;
    private final Sessions sessions;
    private final Passwords passwords;
    private final Signed signed;
    private final Failures failures;
    private final Throttle accounts;
    private final Throttle all;
    private final Secrets secrets = new Secrets();
    private final Throttle addresses;
    private final Clock clock;

    /** What a try came to. */
    public sealed interface Outcome {
        /**
         * It was right.
         *
         * @param browser what the browser shows from now on, so that others' failures do not hold
         *     its person up
         */
        record SignedIn(Sessions.New session, String browser) implements Outcome {}

        /**
         * The password was right and a passkey must follow.
         *
         * @param proof what to come back with
         */
        record PasskeyToo(String email, String proof) implements Outcome {}

        /** It was wrong; nobody is told what. */
        record Wrong() implements Outcome {}

        /** Not now: too many failed, or too many come at once. */
        record Later(Duration pause) implements Outcome {}
    }

    /**
     * Where a try comes from.
     *
     * @param address of the network
     * @param client the browser, in a few words
     * @param browser what an earlier sign-in gave this browser, or empty
     */
    public record From(String address, String client, String browser) {}

    public SignIn(
            SignInStore store,
            PeopleStore people,
            Sessions sessions,
            Passwords passwords,
            Signed signed,
            AuditLog log,
            Clock clock) {
        this.store = store;
        this.people = people;
        this.sessions = sessions;
        this.passwords = passwords;
        this.signed = signed;
        this.clock = clock;
        failures = new Failures(log, clock);
        accounts = new Throttle(FREE_TRIES, clock);
        all = new Throttle(FREE_TRIES_OF_ALL, clock);
        addresses = new Throttle(FREE_TRIES_OF_ADDRESS, clock);
    }

    /** An e-mail address as it is stored. */
    public static String email(String typed) {
        String email = Emails.normal(typed);
        return email.length() <= LONGEST_EMAIL ? email : email.substring(0, LONGEST_EMAIL);
    }

    /** Tries a password. */
    public Outcome byPassword(String typed, String password, From from) throws NotRecorded {
        String email = email(typed);
        boolean known = known(email, from);
        Duration wait = known ? accounts.enter(browser(from)) : waitsUnknown(email, from.address());
        if (!wait.isZero()) {
            return new Outcome.Later(wait);
        }
        Optional<String> kept = kept(email);
        try {
            if (!passwords.matches(password, kept)) {
                return failed(email);
            }
        } catch (Passwords.Busy e) {
            return new Outcome.Later(Duration.ofSeconds(5));
        }
        if (known) {
            accounts.succeeded(browser(from));
        } else {
            accounts.succeeded(pair(email, from.address()));
            addresses.forgive(address(from.address()));
            all.forgive(account(email));
        }
        if (!store.passkeys(email).isEmpty()) {
            return new Outcome.PasskeyToo(email, signed.sign(SECOND, email, SECOND_LASTS));
        }
        return begin(email, Way.PASSWORD, from, new SignInStore.Basis.Password(kept.orElseThrow()));
    }

    private Optional<String> kept(String email) {
        return people.person(email).flatMap(p -> store.password(p.email()));
    }

    /** Whether this browser is one that this person signed in with before. */
    private boolean known(String email, From from) {
        return !from.browser().isEmpty() && store.knows(Secrets.hash(from.browser()), email);
    }

    private static String browser(From from) {
        return "browser " + from.browser();
    }

    private static String address(String address) {
        return "address " + address;
    }

    private static String pair(String email, String address) {
        return "account " + email + " from " + address;
    }

    private static String account(String email) {
        return "account " + email;
    }

    /**
     * Counts a try of a browser that is not known; how long to wait where it may not be made now.
     * One address that goes on and on holds up itself: towards all tries of an account it counts
     * with its free ones alone.
     */
    private Duration waitsUnknown(String email, String from) {
        Duration wait = addresses.enter(address(from));
        if (!wait.isZero()) {
            return wait;
        }
        wait = accounts.enter(pair(email, from));
        if (wait.isZero() && accounts.free(pair(email, from))) {
            wait = all.enter(account(email));
            if (!wait.isZero()) {
                accounts.forgive(pair(email, from));
            }
        }
        if (!wait.isZero()) {
            addresses.forgive(address(from));
        }
        return wait;
    }

    private Outcome failed(String email) {
        failures.add(people.person(email).map(Person::email).orElse(null));
        return new Outcome.Wrong();
    }

    /** Whose password was right a moment ago; empty when that is too long ago, or not so. */
    public Optional<String> second(String proof) {
        return signed.read(SECOND, proof);
    }

    /** A passkey was shown and is right. */
    public Outcome byPasskey(Passkey passkey, Optional<String> proof, From from)
            throws NotRecorded {
        SignInStore.Basis basis = new SignInStore.Basis.Key(passkey.id());
        if (proof.isEmpty()) {
            return begin(passkey.email(), Way.PASSKEY, from, basis);
        }
        Optional<String> second = signed.readOnce(SECOND, proof.get());
        return second.filter(passkey.email()::equals).isPresent()
                ? begin(passkey.email(), Way.BOTH, from, basis)
                : new Outcome.Wrong();
    }

    /** A passkey, or what a provider said, did not hold. */
    public void refused(Optional<String> email) {
        failures.add(email.flatMap(people::person).map(Person::email).orElse(null));
    }

    private Outcome begin(String email, Way way, From from, SignInStore.Basis basis)
            throws NotRecorded {
        String browser = known(email, from) ? from.browser() : secrets.secret("csb_");
        Optional<Sessions.New> session = sessions.begin(email, way, from.client(), basis);
        if (session.isEmpty()) {
            return failed(email);
        }
        store.know(Secrets.hash(browser), email, clock.instant());
        return new Outcome.SignedIn(session.get(), browser);
    }

    /**
     * Somebody who is signed in shows again that it is them.
     *
     * @return empty when it was right, or why it was not
     */
    public Optional<Outcome> confirm(Principal.Person person, String password) throws NotRecorded {
        String account = "confirm " + person.sessionId();
        Duration wait = accounts.enter(account);
        if (!wait.isZero()) {
            return Optional.of(new Outcome.Later(wait));
        }
        try {
            if (!passwords.matches(password, kept(person.email()))) {
                return Optional.of(failed(person.email()));
            }
        } catch (Passwords.Busy e) {
            return Optional.of(new Outcome.Later(Duration.ofSeconds(5)));
        }
        accounts.succeeded(account);
        sessions.confirm(person, Way.PASSWORD);
        return Optional.empty();
    }

    /** The same by a passkey that is right. */
    public void confirm(Principal.Person person, Passkey passkey) throws NotRecorded {
        if (!passkey.email().equals(person.email())) {
            throw new IllegalArgumentException("the passkey of somebody else (this is a bug)");
        }
        sessions.confirm(person, Way.PASSKEY);
    }

    /** Whether a person has a password. */
    public boolean hasPassword(String email) {
        return store.password(email).isPresent();
    }

    /**
     * Sets a password. Every other session of the person ends: whoever knew the old one is out.
     *
     * @return why it cannot be that one, or empty when it is set
     */
    public Optional<String> setPassword(Principal.Person person, String password)
            throws NotRecorded, Passwords.Busy {
        Optional<String> obstacle = passwords.obstacle(password, person.email());
        if (obstacle.isPresent()) {
            return obstacle;
        }
        boolean first = !hasPassword(person.email());
        store.setPassword(
                person.email(),
                passwords.hash(password),
                Optional.of(sessions.ending(person)),
                event(
                        person,
                        person.email() + (first ? " set a password" : " changed the password")));
        // The first one, too: whoever else came by a link, or kept one, is out.
        sessions.ended(person.email());
        return Optional.empty();
    }

    /** Takes the password away; false when there is none. */
    public boolean removePassword(Principal.Person person) throws NotRecorded {
        return store.removePassword(
                person.email(), event(person, person.email() + " removed the password"));
    }

    private AuditRecord event(Principal.Person person, String summary) {
        return AuditRecord.change(
                "sign-in",
                clock.instant(),
                person.email(),
                null,
                summary,
                JsonNodeFactory.instance.objectNode());
    }

    /** Records the failures whose minute is over; called every second. */
    public void tick() throws NotRecorded {
        failures.tick();
    }

    /** Records the failures that have not been, when the server ends. */
    public void finish() throws NotRecorded {
        failures.flush();
    }
}
