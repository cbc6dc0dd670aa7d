package dev.countersign.web;

import dev.countersign.api.Callers;
import dev.countersign.api.Problem;
import dev.countersign.api.Remote;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.config.ProviderSettings;
import dev.countersign.people.Accounts;
import dev.countersign.people.Pace;
import dev.countersign.people.Sessions;
import dev.countersign.people.SignIns;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Signing in by an OpenID provider: there and back. */
final class ProviderPages {
    private static final System.Logger LOG = System.getLogger(ProviderPages.class.getName());
    private static final String COOKIE = "countersign_oidc";
    private static final String PURPOSE = "provider";
    private static final Duration LASTS = Duration.ofMinutes(10);
    private static final int LONGEST = 6_000;
    private static final int PARTS = 5;

    /** From one address, which may be an office. */
    private static final int MOST_BEGUN = 60;

    private static final Duration BEGIN_EACH = Duration.ofSeconds(2);

    private final Site site;
    private final SignIns signIns;
    private final List<OidcClient> providers;
    private final Remote remote;
    private final Pace pace;
    private final Cookies cookies;
    private final Clock clock;

    ProviderPages(
            Site site,
            SignIns signIns,
            List<OidcClient> providers,
            Remote remote,
            Cookies cookies,
            Clock clock) {
        this.remote = remote;
        pace = new Pace(MOST_BEGUN, BEGIN_EACH, clock);
        this.site = site;
        this.signIns = signIns;
        this.providers = List.copyOf(providers);
        this.cookies = cookies;
        this.clock = clock;
    }

    /** Sends the browser to the provider; what it needs on its way back stays with it, marked. */
    void begin(ServerRequest request, ServerResponse response) {
        // No other site signs its visitors in, not even as themselves.
        Callers.requireOwnPage(request);
        Duration wait = pace.enter(remote.address(request));
        if (!wait.isZero()) {
            throw Problem.tooMany(Texts.say("provider.too-many-sign-ins"), wait);
        }
        Optional<OidcClient> provider = provider(request.query().first("provider").orElse(""));
        if (provider.isEmpty()) {
            site.nothingHere(request, response);
            return;
        }
        boolean again = request.query().first("again").isPresent();
        String then = Visit.local(request.query().first("then").orElse("")).orElse("/");
        try {
            OidcClient.Begun begun = provider.get().begin(again);
            String memory =
                    String.join(
                            "\n",
                            provider.get().settings().id(),
                            begun.state(),
                            begun.nonce(),
                            begun.verifier(),
                            then);
            cookies.put(
                    response,
                    cookies.named(COOKIE),
                    signIns.signed().sign(PURPOSE, memory, LASTS),
                    LASTS);
            Site.redirect(response, begun.to().toString());
        } catch (OidcClient.Failed e) {
            failed(request, response, 503, e);
        }
    }

    void end(ServerRequest request, ServerResponse response) throws NotRecorded {
        String marked = Callers.cookie(request, cookies.named(COOKIE), LONGEST).orElse("");
        cookies.put(response, cookies.named(COOKIE), "", Duration.ZERO);
        List<String> memory =
                signIns.signed()
                        .readOnce(PURPOSE, marked)
                        .map(text -> List.of(text.split("\n", PARTS)))
                        .orElse(List.of());
        Optional<OidcClient> provider =
                memory.size() == PARTS ? provider(memory.getFirst()) : Optional.empty();
        if (provider.isEmpty()) {
            site.signIn(
                    request,
                    response,
                    403,
                    Texts.say("provider.sign-in"),
                    Texts.say("provider.this-sign-in-was"),
                    "",
                    "");
            return;
        }
        try {
            OidcClient.Said said =
                    provider.get().end(query(request), memory.get(1), memory.get(2), memory.get(3));
            switch (find(said, provider.get().settings())) {
                case Accounts.Found.Known(var person) -> {
                    Optional<Sessions.New> begun =
                            signIns.sessions()
                                    .vouched(person.email(), Remote.client(request), recent(said));
                    if (begun.isPresent()) {
                        site.entered(response, begun.get(), "", memory.get(4));
                    } else {
                        gone(request, response);
                    }
                }
                case Accounts.Found.Nobody(String why) -> {
                    signIns.signIn().refused(Optional.empty());
                    site.signIn(request, response, 403, Texts.say("provider.sign-in"), why, "", "");
                }
            }
        } catch (OidcClient.Failed e) {
            signIns.signIn().refused(Optional.empty());
            failed(request, response, 403, e);
        }
    }

    private void gone(ServerRequest request, ServerResponse response) {
        site.signIn(
                request,
                response,
                403,
                Texts.say("provider.sign-in"),
                Texts.say("provider.you-were-removed-here"),
                "",
                "");
    }

    private Accounts.Found find(OidcClient.Said said, ProviderSettings settings)
            throws NotRecorded {
        return signIns.accounts()
                .find(
                        new Accounts.Account(
                                said.issuer(),
                                said.subject(),
                                said.email(),
                                said.verified(),
                                said.name(),
                                said.groups()),
                        new Accounts.Trust(
                                settings.domains().stream()
                                        .map(domain -> domain.toLowerCase(Locale.ROOT))
                                        .collect(Collectors.toSet()),
                                settings.create(),
                                settings.roles()));
    }

    /** Whether the person themselves signed in there of late, and no session did it for them. */
    private boolean recent(OidcClient.Said said) {
        Instant at = said.at();
        return at != null
                && clock.instant().isBefore(at.plus(Sessions.RECENT))
                && !at.isAfter(clock.instant().plus(OidcClient.SKEW));
    }

    private void failed(
            ServerRequest request, ServerResponse response, int status, OidcClient.Failed why) {
        LOG.log(System.Logger.Level.INFO, "a sign-in by a provider failed", why);
        site.signIn(
                request,
                response,
                status,
                Texts.say("provider.sign-in"),
                String.valueOf(why.getMessage()),
                "",
                "");
    }

    private Optional<OidcClient> provider(String id) {
        return providers.stream().filter(each -> each.settings().id().equals(id)).findFirst();
    }

    private static Map<String, List<String>> query(ServerRequest request) {
        return request.query().names().stream()
                .collect(Collectors.toMap(name -> name, name -> request.query().all(name)));
    }
}
