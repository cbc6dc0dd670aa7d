package dev.countersign.people;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Emails;
import dev.countersign.audit.Receipt;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Who an account at an OpenID provider is here. */
public final class Accounts {
    private final SignInStore store;
    private final PeopleStore people;
    private final Roles roles;
    private final Alarms alarms;
    private final Clock clock;

    /**
     * What a provider may do here.
     *
     * @param domains whose e-mail addresses it may vouch for, lower case
     * @param create whether people who are not known yet are added
     * @param roles which role a group stands for; empty where roles are given here
     */
    public record Trust(Set<String> domains, boolean create, Map<String, String> roles) {}

    /**
     * An account as its provider vouches for it.
     *
     * @param email its address there, as it says it
     * @param verified whether the provider checked the address
     */
    public record Account(
            String issuer,
            String subject,
            String email,
            boolean verified,
            String name,
            List<String> groups) {}

    /** Who that is, or a sentence why that is nobody. */
    public sealed interface Found {
        /** Somebody. */
        record Known(Person person) implements Found {}

        /** Nobody. */
        record Nobody(String why) implements Found {}
    }

    public Accounts(
            SignInStore store, PeopleStore people, Roles roles, Alarms alarms, Clock clock) {
        this.roles = roles;
        this.alarms = alarms;
        this.store = store;
        this.people = people;
        this.clock = clock;
    }

    /**
     * Finds the person. An account that is new here becomes that of the person with its address,
     * where the provider checked the address and is trusted for its domain. Roles follow the groups
     * each time.
     */
    public Found find(Account account, Trust trust) throws NotRecorded {
        Optional<Person> known =
                store.account(account.issuer(), account.subject()).flatMap(people::person);
        Set<String> roles = new TreeSet<>();
        account.groups()
                .forEach(group ->
                        Optional.ofNullable(trust.roles.get(group))
                                .filter(this.roles.all()::containsKey)
                                .ifPresent(roles::add));
        if (!trust.roles.isEmpty() && roles.isEmpty()) {
            return new Found.Nobody("None of your groups has a role here.");
        }
        if (known.isPresent()) {
            return new Found.Known(withRoles(known.get(), roles));
        }
        String email = Emails.normal(account.email());
        int at = email.lastIndexOf('@');
        if (at <= 0 || !account.verified()) {
            return new Found.Nobody(
                    "The provider does not say that your e-mail address is checked.");
        }
        if (!Emails.isPlain(email)) {
            return new Found.Nobody("What the provider calls your e-mail address is none.");
        }
        if (!trust.domains.contains(email.substring(at + 1))) {
            return new Found.Nobody(
                    "Addresses of `" + email.substring(at + 1) + "` cannot sign in this way.");
        }
        Optional<Person> same = people.person(email);
        if (same.isEmpty() && !trust.create) {
            return new Found.Nobody(
                    "Nobody here has your e-mail address. Ask who manages people for an"
                            + " invitation.");
        }
        Person person = same.isPresent() ? same.get() : added(email, account, roles);
        ObjectNode body =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("issuer", account.issuer())
                        .put("subject", account.subject());
        boolean first =
                store.putAccount(
                        account.issuer(),
                        account.subject(),
                        email,
                        AuditRecord.change(
                                "sign-in",
                                clock.instant(),
                                email,
                                null,
                                email + " signs in by an account at " + account.issuer(),
                                body));
        return first ? new Found.Known(withRoles(person, roles)) : another(email, account, body);
    }

    /** Addresses are given to somebody else one day; the account they had is not. */
    private Found another(String email, Account account, ObjectNode body) throws NotRecorded {
        Receipt _ =
                alarms.raise(
                        AuditRecord.change(
                                "alarm",
                                clock.instant(),
                                email,
                                null,
                                "another account at "
                                        + account.issuer()
                                        + " than that of "
                                        + email
                                        + " tried to sign in with this address; where the address"
                                        + " now belongs to somebody else, or the account was made"
                                        + " anew, remove the person and add them again",
                                body.put("email", email)));
        return new Found.Nobody(
                "Another account there signs in with your e-mail address. An owner here has to say"
                        + " whose it is: they were told.");
    }

    private static final int LONGEST_NAME = 200;

    /** What a provider calls somebody, where that is one line. */
    private static Optional<String> name(String said) {
        String name = said.strip();
        boolean line = name.codePoints().noneMatch(Accounts::hides);
        return name.isEmpty() || !line || name.length() > LONGEST_NAME
                ? Optional.empty()
                : Optional.of(name);
    }

    private static boolean hides(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE ->
                    true;
            default -> false;
        };
    }

    private Person added(String email, Account account, Set<String> roles) throws NotRecorded {
        Person person =
                new Person(
                        email,
                        name(account.name()).orElse(email),
                        roles.isEmpty() ? Set.of(Roles.USUAL) : roles);
        boolean _ = put(person, email + " added by " + account.issuer());
        return person;
    }

    /** With the roles of their groups; the last owner stays one whatever a provider says. */
    private Person withRoles(Person person, Set<String> roles) throws NotRecorded {
        if (roles.isEmpty() || roles.equals(person.roles())) {
            return person;
        }
        Person changed =
                new Person(person.email(), person.name(), roles, person.teams(), person.held());
        String summary = person.email() + " is " + String.join(", ", roles) + ", by their groups";
        return put(changed, summary) ? changed : person;
    }

    private boolean put(Person person, String summary) throws NotRecorded {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("email", person.email());
        person.roles().forEach(body.putArray("roles")::add);
        return people.put(
                person,
                AuditRecord.change("people", clock.instant(), person.email(), null, summary, body));
    }
}
