package dev.countersign.web;

import dev.countersign.api.Problem;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.Passkeys;
import dev.countersign.people.Passwords;
import dev.countersign.people.SignIns;
import dev.countersign.people.WebSession;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How somebody signs in: their password, their passkeys, and where they are signed in. */
final class AccountPages {
    private static final String PLACE = "/account";
    private static final int LONGEST_NAME = 60;

    private final Site site;
    private final SignIns signIns;
    private final Parties parties;
    private final Cookies cookies;
    private final boolean mayWait;
    private final Clock clock;

    /**
     * Wires it.
     *
     * @param mayWait whether people need not set anything to sign in with
     */
    AccountPages(
            Site site,
            SignIns signIns,
            Parties parties,
            Cookies cookies,
            boolean mayWait,
            Clock clock) {
        this.site = site;
        this.signIns = signIns;
        this.parties = parties;
        this.cookies = cookies;
        this.mayWait = mayWait;
        this.clock = clock;
    }

    void account(Visit visit) {
        show(visit, 200, "");
    }

    private void show(Visit visit, int status, String problem) {
        String email = visit.person().email();
        Instant now = clock.instant();
        Optional<Passkeys.Party> party = parties.of(visit.request());
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.frame(visit, Texts.say("account.my-sign-in"), "account", false));
        model.put("problem", problem);
        model.put("password", signIns.signIn().hasPassword(email));
        model.put(
                "passkeys",
                signIns.passkeys().of(email).stream()
                        .map(each ->
                                new PasskeyView(
                                        each.id(),
                                        each.name(),
                                        each.rp(),
                                        Moment.since(each.created(), now),
                                        each.used() == null
                                                ? Texts.say("account.not-used-yet")
                                                : Texts.say(
                                                        "account.last-used",
                                                        Moment.since(each.used(), now).words())))
                        .toList());
        model.put("sessions", sessions(visit, now));
        model.put(
                "told",
                signIns.links().notices(email).stream()
                        .map(each -> new ToldView(each.text(), Moment.since(each.at(), now)))
                        .toList());
        model.put(
                "options",
                party.map(each -> signIns.passkeys().toAdd(visit.person(), each).toString())
                        .orElse(""));
        model.put("elsewhere", party.isPresent() ? "" : parties.elsewhere(visit.request()));
        model.put("welcome", visit.query("welcome").isPresent());
        model.put("mayWait", mayWait);
        model.put(
                "notice",
                switch (visit.query("done").orElse("")) {
                    case "password" -> Texts.say("account.the-password-is-set");
                    case "no-password" -> Texts.say("account.the-password-is-gone");
                    case "passkey" -> Texts.say("account.the-passkey-is-kept");
                    case "no-passkey" -> Texts.say("account.the-passkey-is-gone");
                    case "session" -> Texts.say("account.that-browser-is-signed");
                    default -> "";
                });
        site.page(visit.response(), status, "account", model);
    }

    private List<SessionView> sessions(Visit visit, Instant now) {
        return signIns.sessions().of(visit.person().email()).stream()
                .map(each -> view(each, visit, now))
                .toList();
    }

    private static SessionView view(WebSession session, Visit visit, Instant now) {
        return new SessionView(
                session.id(),
                session.client(),
                session.way().words(),
                Moment.since(session.used(), now),
                Moment.since(session.created(), now),
                session.hash().equals(visit.person().sessionId()));
    }

    /** Sets the password, or takes it away. */
    void password(Visit visit) throws NotRecorded {
        if (visit.field("answer").equals("remove")) {
            if (signIns.passkeys().of(visit.person().email()).isEmpty()) {
                show(visit, 400, Texts.say("account.nothing-was-changed-without"));
                return;
            }
            boolean _ = signIns.signIn().removePassword(visit.person());
            visit.redirect(PLACE + "?done=no-password");
            return;
        }
        String password = visit.field("password");
        if (!password.equals(visit.field("again"))) {
            show(visit, 400, Texts.say("account.nothing-was-changed-the"));
            return;
        }
        try {
            Optional<String> obstacle = signIns.signIn().setPassword(visit.person(), password);
            if (obstacle.isPresent()) {
                show(visit, 400, Texts.say("account.nothing-was-changed", obstacle.get()));
            } else {
                visit.redirect(PLACE + "?done=password");
            }
        } catch (Passwords.Busy e) {
            show(visit, 429, Texts.say("account.nothing-was-changed-too"));
        }
    }

    void addPasskey(Visit visit) throws NotRecorded {
        Optional<Passkeys.Party> party = parties.of(visit.request());
        String name = visit.text("name", LONGEST_NAME);
        String made = visit.field("credential");
        boolean first = signIns.links().nothingElse(visit.person().email());
        Optional<String> obstacle =
                party.isEmpty()
                        ? Optional.of(Texts.say("account.this-page-cannot-use"))
                        : made.isEmpty()
                                ? Optional.of(Texts.say("account.it-takes-a-browser"))
                                : signIns.passkeys()
                                        .add(
                                                visit.person(),
                                                party.get(),
                                                name.isEmpty() ? "passkey" : name,
                                                made);
        if (obstacle.isPresent()) {
            show(visit, 400, Texts.say("account.no-passkey-was-added", obstacle.get()));
        } else {
            if (first) {
                // Whoever else came by a link, or kept one, is out.
                int _ =
                        signIns.sessions()
                                .endAll(
                                        visit.person().email(),
                                        Optional.of(visit.person()),
                                        visit.person());
            }
            visit.redirect(PLACE + "?done=passkey");
        }
    }

    void removePasskey(Visit visit) throws NotRecorded {
        String email = visit.person().email();
        if (!signIns.signIn().hasPassword(email) && signIns.passkeys().of(email).size() < 2) {
            show(visit, 400, Texts.say("account.it-is-all-you"));
            return;
        }
        if (!signIns.passkeys().remove(visit.person(), visit.field("id"))) {
            throw new Problem(Problem.Kind.NOT_FOUND, Texts.say("account.no-passkey-of-yours"));
        }
        visit.redirect(PLACE + "?done=no-passkey");
    }

    void endSession(Visit visit) throws NotRecorded {
        boolean ended =
                signIns.sessions().end(visit.person().email(), visit.field("id"), visit.person());
        if (!ended) {
            throw new Problem(Problem.Kind.NOT_FOUND, Texts.say("account.no-sign-in-of"));
        }
        visit.redirect(PLACE + "?done=session");
    }

    /** Everywhere, here too. */
    void endSessions(Visit visit) throws NotRecorded {
        int _ = signIns.sessions().endAll(visit.person().email(), Optional.empty(), visit.person());
        cookies.remove(visit.response());
        visit.redirect("/sign-in");
    }

    /** Where the interface for programs sends people, and back. */
    void confirm(Visit visit) {
        String then = visit.query("then").flatMap(Visit::local).orElse("/");
        if (signIns.sessions().recent(visit.person())) {
            visit.redirect(then);
        } else {
            site.confirm(
                    new Visit(
                            visit.request(),
                            visit.response(),
                            visit.person(),
                            Map.of("csrf", site.csrf(visit), "then", then)),
                    "/confirm",
                    "");
        }
    }

    void confirmed(Visit visit) {
        visit.redirect(Visit.local(visit.field("then")).orElse("/"));
    }
}
