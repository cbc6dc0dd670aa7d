package dev.countersign.people;

import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog;
import java.time.Clock;

/**
 * All of signing in, made of one store.
 *
 * @param signed the marks on what strangers carry back to us
 */
public record SignIns(
        Sessions sessions,
        Links links,
        SignIn signIn,
        Passkeys passkeys,
        Accounts accounts,
        Signed signed) {

    /** Whether somebody came by a link and has set nothing to sign in with yet. */
    public boolean isBare(Principal.Person person) {
        return sessions.current(person).filter(session -> session.way() == Way.LINK).isPresent()
                && links.nothingElse(person.email());
    }

    /** Wires the parts. */
    public static SignIns over(
            SignInStore store,
            PeopleStore people,
            Roles roles,
            AuditLog log,
            Alarms alarms,
            Sessions.Limits limits,
            Passwords passwords,
            Clock clock) {
        Sessions sessions = new Sessions(store, people, roles, limits, clock);
        Signed signed = new Signed(clock);
        Links links = new Links(store, sessions, alarms, clock);
        sessions.whenAllEnd(links::forget);
        return new SignIns(
                sessions,
                links,
                new SignIn(store, people, sessions, passwords, signed, log, clock),
                new Passkeys(store, people, signed, clock),
                new Accounts(store, people, roles, alarms, clock),
                signed);
    }
}
