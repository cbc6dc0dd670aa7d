package dev.countersign.config;

import dev.countersign.config.ServerSettings.Given;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a tenant is served with: as its server, but for its folder, its address, where its archives
 * lie and what a file {@code settings.yaml} in that folder says. Providers of identities,
 * witnesses, the anchor and channels are never taken over: they are of one organisation.
 */
public final class TenantSettings {
    private static final String FILE = "settings.yaml";

    private TenantSettings() {}

    /** The folder of a tenant in that of its server. */
    public static Path folder(Path server, String name) {
        return server.resolve("tenants").resolve(name);
    }

    /**
     * Everything a tenant is served with.
     *
     * @throws SettingsProblem with {@code file:line:column} in front, where its file is wrong
     */
    public static ServerSettings of(ServerSettings server, String name, URI address) {
        Path folder = folder(server.data(), name);
        SignInSettings signIn =
                new SignInSettings(
                        server.signIn().idle(),
                        server.signIn().absolute(),
                        server.signIn().credential(),
                        List.of());
        Given own = read(folder, new ServerSettings.Usual(server.organisation(), signIn));
        return new ServerSettings(
                folder,
                server.database().map(url -> url.withSchema("tenant_" + name.replace('-', '_'))),
                server.listen(),
                server.behindProxy(),
                Optional.of(address),
                server.trustSetup(),
                own.approvalExpiry().orElse(server.approvalExpiry()),
                own.questionsPerMinute().orElse(server.questionsPerMinute()),
                own.hold().orElse(server.hold()),
                own.stopOfferedAfter().orElse(server.stopOfferedAfter()),
                own.witness().orElse(WitnessSettings.NONE),
                own.retention().or(() -> server.retention().map(its -> apart(its, name))),
                own.organisation().orElse(server.organisation()),
                own.signIn().orElse(signIn),
                own.notifying().orElse(NotifySettings.NONE),
                own.mcpServers().orElse(List.of()));
    }

    /** Nobody's archives lie among another's. */
    private static RetentionSettings apart(RetentionSettings servers, String name) {
        return new RetentionSettings(
                servers.keep(), folder(servers.archive(), name), servers.prune());
    }

    private static Given read(Path folder, ServerSettings.Usual usual) {
        Path file = folder.resolve(FILE);
        Given own;
        try {
            own = SettingsFile.read(file.toString(), folder, Files.readString(file), usual);
        } catch (NoSuchFileException e) {
            return Given.NONE;
        } catch (IOException e) {
            throw new SettingsProblem("cannot read `" + file + "`: " + e.getMessage());
        }
        boolean servers =
                own.data().isPresent()
                        || own.database().isPresent()
                        || own.listen().isPresent()
                        || own.behindProxy().isPresent()
                        || own.publicUrl().isPresent()
                        || own.trustSetup().isPresent();
        if (servers) {
            throw new SettingsProblem(
                    file
                            + ": `data`, `database_url`, `listen`, `behind_proxy`, `public_url` and"
                            + " `trust_setup` are the server's, not a tenant's");
        }
        return own;
    }
}
