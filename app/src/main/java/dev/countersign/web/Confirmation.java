package dev.countersign.web;

import dev.countersign.api.StepUp;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.Passkey;
import dev.countersign.people.Passkeys;
import dev.countersign.people.Passkeys.Purpose;
import dev.countersign.people.Principal;
import dev.countersign.people.SignIn;
import dev.countersign.people.SignIns;
import dev.countersign.people.Way;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * People who show again that it is them, by password or passkey, on the way to what they asked for:
 * the form they sent waits in the page and goes on from there.
 */
final class Confirmation {
    private static final String PASSWORD = "confirm-password";
    private static final String PASSKEY = "credential-of-mine";

    private final SignIns signIns;
    private final StepUp stepUp;
    private final Parties parties;
    private final List<ProviderView> providers;
    private final boolean mayWait;

    /**
     * What came with a form.
     *
     * @param visit without what confirms
     * @param problem why it does not, or empty
     */
    record Answer(Visit visit, String problem) {}

    /**
     * Wires it.
     *
     * @param mayWait whether people need not set anything to sign in with
     */
    Confirmation(
            SignIns signIns,
            StepUp stepUp,
            Parties parties,
            List<ProviderView> providers,
            boolean mayWait) {
        this.providers = List.copyOf(providers);
        this.mayWait = mayWait;
        this.signIns = signIns;
        this.stepUp = stepUp;
        this.parties = parties;
    }

    void require(Visit visit) {
        stepUp.require(visit.person());
    }

    /** Whether a person must set a password or a passkey before they go on. */
    boolean bare(Principal.Person person) {
        return !mayWait && signIns.isBare(person);
    }

    /** Takes what confirms out of a form, and looks at it where there is any. */
    Answer take(Visit visit) throws NotRecorded {
        String password = visit.field(PASSWORD);
        String passkey = visit.field(PASSKEY);
        if (!visit.form().containsKey(PASSWORD) && !visit.form().containsKey(PASSKEY)) {
            return new Answer(visit, "");
        }
        Map<String, String> rest = new LinkedHashMap<>(visit.form());
        rest.remove(PASSWORD);
        rest.remove(PASSKEY);
        Visit plain = new Visit(visit.request(), visit.response(), visit.person(), rest);
        return new Answer(
                plain, passkey.isEmpty() ? byPassword(visit, password) : byPasskey(visit, passkey));
    }

    private String byPassword(Visit visit, String password) throws NotRecorded {
        Optional<SignIn.Outcome> wrong = signIns.signIn().confirm(visit.person(), password);
        return wrong.map(SignInPages::sorry).orElse("");
    }

    private String byPasskey(Visit visit, String response) throws NotRecorded {
        Optional<Passkeys.Party> party = parties.of(visit.request());
        Optional<Passkey> passkey =
                party.isEmpty()
                        ? Optional.empty()
                        : signIns.passkeys()
                                .shown(
                                        Purpose.CONFIRM,
                                        visit.person().sessionId(),
                                        party.get(),
                                        response);
        if (passkey.filter(each -> each.email().equals(visit.person().email())).isEmpty()) {
            signIns.signIn().refused(Optional.of(visit.person().email()));
            return Texts.say("confirmation.that-passkey-does-not");
        }
        signIns.signIn().confirm(visit.person(), passkey.get());
        return "";
    }

    /** The model of the page, but for what stands around it and where its form goes. */
    Map<String, @Nullable Object> model(Visit visit) {
        String email = visit.person().email();
        Optional<Passkeys.Party> party = parties.of(visit.request());
        List<Passkey> known = signIns.passkeys().of(email);
        boolean here =
                party.isPresent() && known.stream().anyMatch(k -> k.rp().equals(party.get().id()));
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("fields", visit.form());
        model.put("password", signIns.signIn().hasPassword(email));
        model.put(
                "passkey",
                here
                        ? signIns.passkeys()
                                .toShow(
                                        Purpose.CONFIRM,
                                        visit.person().sessionId(),
                                        Optional.of(email),
                                        party.orElseThrow())
                                .toString()
                        : "");
        model.put(
                "providers",
                signIns.sessions()
                                .current(visit.person())
                                .filter(session -> session.way() == Way.PROVIDER)
                                .isPresent()
                        ? providers
                        : List.of());
        model.put("elsewhere", here || known.isEmpty() ? "" : parties.elsewhere(visit.request()));
        return model;
    }
}
