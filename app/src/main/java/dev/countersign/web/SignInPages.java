package dev.countersign.web;

import dev.countersign.api.Bodies;
import dev.countersign.api.Callers;
import dev.countersign.api.Problem;
import dev.countersign.api.Remote;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.Links;
import dev.countersign.people.Passkey;
import dev.countersign.people.Passkeys;
import dev.countersign.people.Passkeys.Purpose;
import dev.countersign.people.SignIn;
import dev.countersign.people.SignIns;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signing in and out of this browser. */
final class SignInPages {
    private static final int LONGEST_FIELD = 10_000;

    /** What an earlier sign-in gave this browser, where our script put it in. */
    private static final String BROWSER = "browser";

    private final Site site;
    private final Callers callers;
    private final SignIns signIns;
    private final Parties parties;
    private final Remote remote;
    private final Cookies cookies;

    SignInPages(
            Site site,
            Callers callers,
            SignIns signIns,
            Parties parties,
            Remote remote,
            Cookies cookies) {
        this.site = site;
        this.callers = callers;
        this.signIns = signIns;
        this.parties = parties;
        this.remote = remote;
        this.cookies = cookies;
    }

    /** Reading changes nothing: programs that look at e-mail open every link in it. */
    void signIn(ServerRequest request, ServerResponse response) {
        Optional<String> code = request.query().first("code").asOptional();
        boolean signedIn = callers.signedIn(request).isPresent();
        if (code.isPresent()) {
            Optional<String> whom = signIns.links().whom(code.get());
            if (whom.isPresent()) {
                site.page(
                        response,
                        200,
                        "linked",
                        Map.of(
                                "frame", site.empty(Texts.say("sign-in.sign-in")),
                                "code", code.get(),
                                "person", whom.get()));
            } else if (signedIn) {
                // The link was opened twice; the browser is signed in already.
                Site.redirect(response, "/");
            } else {
                worthless(request, response);
            }
            return;
        }
        String then = request.query().first("then").orElse("");
        if (signedIn) {
            Site.redirect(response, Visit.local(then).orElse("/"));
        } else {
            site.signIn(request, response, 200, Texts.say("sign-in.sign-in"), "", "", then);
        }
    }

    private void worthless(ServerRequest request, ServerResponse response) {
        site.message(
                request,
                response,
                403,
                Texts.say("sign-in.this-link-does-not"),
                Texts.say("sign-in.a-sign-in-link"),
                "countersign serve");
    }

    /** What a link is for. */
    void byLink(ServerRequest request, ServerResponse response) throws NotRecorded {
        Map<String, String> form = Bodies.form(request);
        Optional<Links.Redeemed> redeemed =
                signIns.links().redeem(field(form, "code"), Remote.client(request));
        if (redeemed.isEmpty()) {
            worthless(request, response);
            return;
        }
        site.entered(
                response,
                redeemed.get().session(),
                "",
                redeemed.get().bare() ? "/account?welcome=yes" : "/");
    }

    /** For a browser that runs no scripts, which its person says with the key in hand. */
    void keyless(Visit visit) throws NotRecorded {
        signIns.sessions().keyless(visit.person());
        visit.redirect(Visit.local(visit.field("then")).orElse("/"));
    }

    void byPassword(ServerRequest request, ServerResponse response) throws NotRecorded {
        Map<String, String> form = Bodies.form(request);
        String email = field(form, "email");
        String then = field(form, "then");
        SignIn.Outcome outcome =
                signIns.signIn()
                        .byPassword(
                                email,
                                field(form, "password"),
                                remote.from(request, field(form, BROWSER)));
        switch (outcome) {
            case SignIn.Outcome.SignedIn in -> signedIn(response, in, then);
            case SignIn.Outcome.PasskeyToo(String person, String proof) ->
                    second(request, response, 200, person, proof, then, "");
            case SignIn.Outcome.Wrong _ ->
                    site.signIn(
                            request,
                            response,
                            403,
                            Texts.say("sign-in.sign-in"),
                            sorry(outcome),
                            email,
                            then);
            case SignIn.Outcome.Later(Duration pause) -> {
                response.header(HeaderNames.RETRY_AFTER, Long.toString(seconds(pause)));
                site.signIn(
                        request,
                        response,
                        429,
                        Texts.say("sign-in.sign-in"),
                        sorry(outcome),
                        email,
                        then);
            }
        }
    }

    /** By a passkey, alone or after the password. */
    void byPasskey(ServerRequest request, ServerResponse response) throws NotRecorded {
        Map<String, String> form = Bodies.form(request);
        String then = field(form, "then");
        Optional<String> proof = Optional.of(field(form, "proof")).filter(text -> !text.isEmpty());
        Optional<String> second = proof.flatMap(signIns.signIn()::second);
        Optional<Passkeys.Party> party = parties.of(request);
        Optional<Passkey> passkey =
                party.isEmpty()
                        ? Optional.empty()
                        : signIns.passkeys()
                                .shown(
                                        proof.isEmpty() ? Purpose.SIGN_IN : Purpose.SECOND,
                                        proof.orElse(""),
                                        party.get(),
                                        field(form, "credential"));
        SignIn.Outcome outcome =
                passkey.isEmpty()
                        ? new SignIn.Outcome.Wrong()
                        : signIns.signIn()
                                .byPasskey(
                                        passkey.get(),
                                        proof,
                                        remote.from(request, field(form, BROWSER)));
        if (outcome instanceof SignIn.Outcome.SignedIn in) {
            signedIn(response, in, then);
            return;
        }
        signIns.signIn().refused(second);
        String problem =
                field(form, "credential").isEmpty()
                        ? Texts.say("sign-in.a-passkey-needs-a")
                        : Texts.say("sign-in.that-passkey-does-not");
        if (second.isPresent()) {
            second(request, response, 403, second.get(), proof.orElse(""), then, problem);
        } else {
            site.signIn(request, response, 403, Texts.say("sign-in.sign-in"), problem, "", then);
        }
    }

    private void second(
            ServerRequest request,
            ServerResponse response,
            int status,
            String email,
            String proof,
            String then,
            String problem) {
        Optional<Passkeys.Party> party = parties.of(request);
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.empty(Texts.say("sign-in.sign-in")));
        model.put("proof", proof);
        model.put("then", Visit.local(then).orElse(""));
        model.put("problem", problem);
        model.put(
                "passkey",
                party.map(each ->
                                signIns.passkeys()
                                        .toShow(Purpose.SECOND, proof, Optional.of(email), each)
                                        .toString())
                        .orElse(""));
        model.put("elsewhere", party.isPresent() ? "" : parties.elsewhere(request));
        site.page(response, status, "second", model);
    }

    private void signedIn(ServerResponse response, SignIn.Outcome.SignedIn in, String then)
            throws NotRecorded {
        site.entered(response, in.session(), in.browser(), then);
    }

    /** What a person reads whose try was none. */
    static String sorry(SignIn.Outcome outcome) {
        return outcome instanceof SignIn.Outcome.Later(Duration pause)
                ? Texts.say("sign-in.too-many-tries", seconds(pause))
                : Texts.say("sign-in.that-e-mail-address");
    }

    private static long seconds(Duration wait) {
        return Math.max(1, (wait.toMillis() + 999) / 1_000);
    }

    private static String field(Map<String, String> form, String name) {
        String value = form.getOrDefault(name, "");
        if (value.length() > LONGEST_FIELD) {
            throw new Problem(Problem.Kind.BAD_REQUEST, Texts.say("sign-in.too-long", name));
        }
        return value;
    }

    void signOut(Visit visit) throws NotRecorded {
        signIns.sessions().signOut(visit.person());
        cookies.remove(visit.response());
        visit.redirect("/");
    }
}
