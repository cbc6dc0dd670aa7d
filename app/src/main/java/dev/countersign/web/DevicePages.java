package dev.countersign.web;

import dev.countersign.api.Problem;
import dev.countersign.api.Remote;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.DeviceLogins;
import dev.countersign.people.DeviceLogins.Pending;
import dev.countersign.people.Identity;
import dev.countersign.people.Links;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Revocation;
import dev.countersign.people.Token;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signing in elsewhere: a program, or another browser. */
final class DevicePages {
    private final Site site;
    private final Identity identity;
    private final Revocation revocation;
    private final Links links;
    private final PeopleStore people;
    private final DeviceLogins logins;
    private final Remote remote;
    private final boolean secure;
    private final Clock clock;

    DevicePages(
            Site site,
            Identity identity,
            Revocation revocation,
            Links links,
            PeopleStore people,
            DeviceLogins logins,
            Remote remote,
            boolean secure,
            Clock clock) {
        this.site = site;
        this.identity = identity;
        this.revocation = revocation;
        this.links = links;
        this.people = people;
        this.logins = logins;
        this.remote = remote;
        this.secure = secure;
        this.clock = clock;
    }

    void device(Visit visit) {
        device(visit, "");
    }

    /** Signs this person in on another browser. */
    void link(Visit visit) {
        device(
                visit,
                (secure ? "https://" : "http://")
                        + visit.request().authority()
                        + "/sign-in?code="
                        + Visit.part(links.own(visit.person())));
    }

    private void device(Visit visit, String link) {
        String code = visit.query("code").orElse("");
        Optional<Pending> pending =
                code.isEmpty()
                        ? Optional.empty()
                        : logins.find(code).filter(p -> p.person() == null && !p.denied());
        List<Token> tokens =
                people.tokensOf(visit.person().email()).stream()
                        .filter(t -> t.kind() == Token.Kind.PERSONAL)
                        .filter(t -> t.validAt(clock.instant()))
                        .toList();
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.frame(visit, Texts.say("device.sign-ins"), "device", false));
        model.put("code", code.length() <= 20 ? code : code.substring(0, 20) + "…");
        model.put(
                "pending",
                pending.map(each -> AskerView.of(each, from(visit), clock)).orElse(null));
        model.put("unconfirmed", tokens.stream().filter(t -> !t.confirmed()).toList());
        model.put("confirmed", tokens.stream().filter(Token::confirmed).toList());
        model.put("link", link);
        model.put(
                "notice",
                switch (visit.query("done").orElse("")) {
                    case "confirm" -> Texts.say("device.signed-in-you-can");
                    case "deny" -> Texts.say("device.refused-nobody-was-signed");
                    case "token" -> Texts.say("device.the-token-may-vote");
                    case "revoked" -> Texts.say("device.the-token-is-revoked");
                    default -> "";
                });
        site.page(visit.response(), 200, "device", model);
    }

    private AskerView.From from(Visit visit) {
        return new AskerView.From(remote.address(visit.request()), remote.here(visit.request()));
    }

    void confirmDevice(Visit visit) {
        String code = visit.field("code");
        boolean confirm = visit.field("answer").equals("confirm");
        if (confirm) {
            site.requireRecent(visit);
        }
        if (logins.answer(code, visit.person().email(), visit.person().origin(), confirm)) {
            visit.redirect("/device?done=" + (confirm ? "confirm" : "deny"));
        } else {
            visit.redirect("/device?code=" + Visit.part(code));
        }
    }

    void confirmToken(Visit visit) throws NotRecorded {
        String id = visit.field("id");
        boolean own =
                people.token(id).filter(t -> visit.person().email().equals(t.person())).isPresent();
        boolean confirm = visit.field("answer").equals("confirm");
        if (confirm) {
            site.requireRecent(visit);
        }
        if (!own
                || !(confirm
                        ? identity.confirm(id, visit.person())
                        : revocation.revoke(id, visit.person()))) {
            throw new Problem(Problem.Kind.NOT_FOUND, Texts.say("device.no-token-of-yours"));
        }
        visit.redirect("/device?done=" + (confirm ? "token" : "revoked"));
    }
}
