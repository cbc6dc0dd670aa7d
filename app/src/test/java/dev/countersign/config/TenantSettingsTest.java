package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TenantSettingsTest {
    private static final String SERVERS =
            """
            agents: registered_only
            token_expiry: 2d
            token_expiry_most: 20d
            sign_in: {idle: 1h, absolute: 2d, credential: required}
            retention: {keep: 30d, archive: /archive, prune: true}
            """;

    private @TempDir Path folder;

    private ServerSettings with(String own) throws IOException {
        ServerSettings server =
                SettingsFile.read("c.yaml", folder, SERVERS).complete(folder.resolve("data"));
        Path tenant = Files.createDirectories(TenantSettings.folder(server.data(), "acme"));
        Files.writeString(tenant.resolve("settings.yaml"), own);
        return TenantSettings.of(server, "acme", URI.create("https://acme.example"));
    }

    /** One member of a group changes that one, and the rest stays as the server has it. */
    @Test
    void whatIsNotNamedIsTheServers() throws IOException {
        SignInSettings signIn = with("sign_in: {idle: 30m}\n").signIn();
        assertThat(signIn.idle()).isEqualTo(Duration.ofMinutes(30));
        assertThat(signIn.absolute()).isEqualTo(Duration.ofDays(2));
        assertThat(signIn.credential()).isTrue();
        OrganisationSettings organisation = with("token_expiry: 1d\n").organisation();
        assertThat(organisation)
                .isEqualTo(new OrganisationSettings(true, Duration.ofDays(1), Duration.ofDays(20)));
        assertThat(with("token_expiry_most: 1d\n").organisation().tokenExpiry())
                .isEqualTo(Duration.ofDays(1));
        assertThat(with("agents: any\n").organisation())
                .isEqualTo(
                        new OrganisationSettings(false, Duration.ofDays(2), Duration.ofDays(20)));
        assertThat(with("").organisation())
                .isEqualTo(new OrganisationSettings(true, Duration.ofDays(2), Duration.ofDays(20)));
    }

    @Test
    void whatDoesNotGoWithTheServersIsSaid() {
        assertThatThrownBy(() -> with("sign_in: {idle: 3d}\n"))
                .isInstanceOf(SettingsProblem.class)
                .hasMessageContaining("settings.yaml:1:10: `absolute` must not be shorter");
    }

    /** Two organisations never write to one folder. */
    @Test
    void itsArchivesLieApart() throws IOException {
        assertThat(with("").retention().orElseThrow().archive())
                .isEqualTo(Path.of("/archive/tenants/acme"));
        Path own = folder.resolve("own");
        assertThat(
                        with("retention: {keep: 9d, archive: " + own + "}\n")
                                .retention()
                                .orElseThrow()
                                .archive())
                .isEqualTo(own);
    }
}
