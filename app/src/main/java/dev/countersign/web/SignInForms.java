package dev.countersign.web;

import dev.countersign.people.Passkeys;
import dev.countersign.people.Passkeys.Purpose;
import io.helidon.webserver.http.ServerRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the page shows on which people sign in. */
final class SignInForms {
    private final Passkeys passkeys;
    private final Parties parties;
    private final List<ProviderView> providers;

    SignInForms(Passkeys passkeys, Parties parties, List<ProviderView> providers) {
        this.passkeys = passkeys;
        this.parties = parties;
        this.providers = List.copyOf(providers);
    }

    /**
     * The model of the page, but for what stands around it.
     *
     * @param then where to go on, or empty
     */
    Map<String, @Nullable Object> model(ServerRequest request, String email, String then) {
        Optional<Passkeys.Party> party = parties.of(request);
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("email", email);
        model.put("then", Visit.local(then).orElse(""));
        model.put("providers", providers);
        model.put(
                "passkey",
                party.map(each ->
                                passkeys.toShow(Purpose.SIGN_IN, "", Optional.empty(), each)
                                        .toString())
                        .orElse(""));
        model.put("elsewhere", party.isPresent() ? "" : parties.elsewhere(request));
        return model;
    }
}
