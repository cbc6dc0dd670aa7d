package dev.countersign.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An OpenID provider that people may sign in with.
 *
 * @param name what people call it; also, in lower case, its name in addresses
 * @param issuer exactly as it names itself
 * @param client our id there
 * @param secretFile a file with our secret, or empty
 * @param secretVariable the environment variable with it, or empty
 * @param domains whose e-mail addresses it is trusted to vouch for
 * @param create whether people who are not known yet are added
 * @param groups the claim with the groups of a person
 * @param roles which role a group stands for; empty where roles are given here
 */
public record ProviderSettings(
        String name,
        URI issuer,
        String client,
        Optional<Path> secretFile,
        Optional<String> secretVariable,
        Set<String> domains,
        boolean create,
        String groups,
        Map<String, String> roles) {

    /** Where most providers say the groups of a person. */
    public static final String GROUPS = "groups";

    public ProviderSettings {
        domains = Set.copyOf(domains);
        roles = Map.copyOf(roles);
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}")) {
            throw new SettingsProblem(
                    "`name` is `" + name + "`; expected up to 40 letters, digits, `.`, `_`, `-`");
        }
        boolean local =
                "http".equals(issuer.getScheme())
                        && Set.of("127.0.0.1", "localhost", "[::1]")
                                .contains(String.valueOf(issuer.getHost()));
        if (issuer.getHost() == null || !("https".equals(issuer.getScheme()) || local)) {
            throw new SettingsProblem("`issuer` must be an https address, not `" + issuer + "`");
        }
        if (secretFile.isPresent() == secretVariable.isPresent()) {
            throw new SettingsProblem(
                    "a provider needs one of `client_secret_file` and `client_secret_variable`");
        }
        if (domains.isEmpty()) {
            throw new SettingsProblem(
                    "a provider needs `domains`: whose e-mail addresses it may vouch for");
        }
    }

    /** Its name in addresses. */
    public String id() {
        return name.toLowerCase(java.util.Locale.ROOT).replace(' ', '-');
    }
}
