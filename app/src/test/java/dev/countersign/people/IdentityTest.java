package dev.countersign.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.people.Identity.NewToken;
import dev.countersign.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdentityTest {
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final InstantSource source = () -> now;
    private final Clock clock = source.withZone(ZoneOffset.UTC);

    @SuppressWarnings("NullAway.Init")
    private @TempDir Path data;

    @SuppressWarnings("NullAway.Init")
    private Store store;

    @SuppressWarnings("NullAway.Init")
    private Identity identity;

    @SuppressWarnings("NullAway.Init")
    private Person owner;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(data.resolve("d"), clock);
        identity = identity(false);
        owner = identity.firstOwner();
    }

    @AfterEach
    void close() throws Exception {
        store.close();
    }

    private Identity identity(boolean trustSetup) {
        return new Identity(
                Tenant.FIRST,
                store.people(),
                new Roles(store.organisation()),
                new Directory(store.organisation(), store.people(), false, clock),
                new TokenLife(Duration.ofDays(365), Duration.ofDays(365)),
                clock,
                trustSetup);
    }

    private Principal.Person signedIn() {
        return identity.signedIn(owner, "a".repeat(64));
    }

    @Test
    void anAgentsTokenFixesWhoAsks() throws Exception {
        NewToken made =
                identity.createToken(
                        Token.Kind.AGENT,
                        "laptop",
                        "docs-agent",
                        owner.email(),
                        "payments",
                        new Principal.Owner());
        Principal principal = identity.byBearer(made.secret()).orElseThrow();
        assertThat(principal)
                .isInstanceOfSatisfying(
                        Principal.Agent.class,
                        agent -> {
                            assertThat(agent.subject().agent()).isEqualTo("docs-agent");
                            assertThat(agent.subject().person()).isEqualTo(owner.email());
                            assertThat(agent.subject().project()).isEqualTo("payments");
                        });
        assertThat(identity.byBearer(made.secret() + "x")).isEmpty();
        assertThat(made.token().hash()).doesNotContain(made.secret());
    }

    @Test
    void aRevokedOrExpiredTokenIsNobody() throws Exception {
        NewToken made = personal(new Principal.Owner());
        assertThat(identity.byBearer(made.secret())).isPresent();
        assertThat(identity.revoke(made.token().id(), new Principal.Owner())).isTrue();
        assertThat(identity.byBearer(made.secret())).isEmpty();

        NewToken other = personal(new Principal.Owner());
        now = now.plus(Duration.ofDays(366));
        assertThat(identity.byBearer(other.secret())).isEmpty();
    }

    @Test
    void aPersonalTokenOfTheShortcutVotesOnlyOnceItsPersonConfirmedIt() throws Exception {
        NewToken made = personal(new Principal.Owner());
        assertThat(votes(made)).isFalse();
        Principal.Person self = (Principal.Person) identity.byBearer(made.secret()).orElseThrow();
        assertThat(identity.confirm(made.token().id(), self)).isFalse();
        assertThat(identity.confirm(made.token().id(), signedIn())).isTrue();
        assertThat(votes(made)).isTrue();
    }

    @Test
    void underTrustedSetUpItVotesAtOnce() throws Exception {
        Identity trusting = identity(true);
        NewToken made =
                trusting.createToken(
                        Token.Kind.PERSONAL,
                        "test",
                        null,
                        owner.email(),
                        null,
                        new Principal.Owner());
        assertThat(trusting.byBearer(made.secret()))
                .get()
                .isInstanceOfSatisfying(
                        Principal.Person.class, person -> assertThat(person.votes()).isTrue());
    }

    @Test
    void theShortcutIsKnownByItsSecretOnly() {
        assertThat(identity.byBearer(identity.ownerSecret())).contains(new Principal.Owner());
        assertThat(identity(false).byBearer(identity.ownerSecret())).isEmpty();
    }

    @Test
    void aDeviceCodeIsConfirmedOnceAndHandedOutOnce() throws Exception {
        DeviceLogins logins = new DeviceLogins(clock);
        DeviceLogins.Pending started = logins.start(asked("terminal"));
        assertThat(logins.poll(started.deviceCode()).orElseThrow().person()).isNull();
        String typed = started.userCode().toLowerCase(java.util.Locale.ROOT).replace('-', ' ');
        assertThat(logins.answer(typed, "ana@x.org", "session", true)).isTrue();
        assertThat(logins.answer(typed, "eve@x.org", "session", true)).isFalse();
        assertThat(logins.poll(started.deviceCode()).orElseThrow().person()).isEqualTo("ana@x.org");
        assertThat(logins.poll(started.deviceCode())).isEqualTo(Optional.empty());
    }

    @Test
    void aDeviceCodeRunsOut() throws Exception {
        DeviceLogins logins = new DeviceLogins(clock);
        DeviceLogins.Pending started = logins.start(asked("terminal"));
        now = now.plus(Duration.ofMinutes(11));
        assertThat(logins.answer(started.userCode(), "ana@x.org", "session", true)).isFalse();
        assertThat(logins.poll(started.deviceCode())).isEmpty();
    }

    private NewToken personal(Principal by) throws Exception {
        return identity.createToken(Token.Kind.PERSONAL, "cli", null, owner.email(), null, by);
    }

    private boolean votes(NewToken token) {
        return identity.byBearer(token.secret()).orElseThrow() instanceof Principal.Person p
                && p.votes();
    }

    private static DeviceLogins.Asked asked(String name) {
        return asked(name, "192.0.2.1");
    }

    private static DeviceLogins.Asked asked(String name, String from) {
        return new DeviceLogins.Asked(
                name, null, TokenScope.all(Token.Kind.PERSONAL), from, from, false);
    }

    /** Who begins them on purpose holds up themselves. */
    @Test
    void signInsOfProgramsAreCountedByAddress() throws Exception {
        DeviceLogins logins = new DeviceLogins(clock);
        for (int i = 0; i < 30; i++) {
            assertThat(logins.start(asked("p" + i)).userCode()).isNotEmpty();
        }
        assertThatThrownBy(() -> logins.start(asked("one more")))
                .isInstanceOfSatisfying(
                        DeviceLogins.Later.class,
                        later -> assertThat(later.pause()).isEqualTo(Duration.ofSeconds(20)));
        DeviceLogins.Pending other = logins.start(asked("other", "198.51.100.1"));
        assertThat(logins.poll(other.deviceCode())).contains(other);
    }
}
