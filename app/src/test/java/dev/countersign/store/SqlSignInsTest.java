package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.people.Passkey;
import dev.countersign.people.Person;
import dev.countersign.people.SignInStore;
import dev.countersign.people.SignInStore.Link;
import dev.countersign.people.Way;
import dev.countersign.people.WebSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What people sign in with, in every database. */
@ParameterizedClass
@EnumSource
@SuppressWarnings("NullAway.Init")
final class SqlSignInsTest {
    private static final String ANA = "ana@example.com";
    private static final String BO = "bo@example.com";

    @Parameter Databases database = Databases.SQLITE;
    private @TempDir Path data;
    private Store store;
    private SignInStore signIns;

    @BeforeEach
    void open() throws IOException {
        store =
                Store.open(
                        database.in(data.resolve("data")),
                        Clock.fixed(Events.NOON, ZoneOffset.UTC));
        signIns = store.signIns();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    static WebSession session(String hash, String email, int seconds) {
        return new WebSession(
                hash,
                "ses_" + hash,
                email,
                Way.PASSWORD,
                "Firefox on Linux",
                Events.NOON,
                Events.NOON.plusSeconds(seconds),
                Events.NOON,
                Events.NOON);
    }

    private static Passkey passkey(String id, String email) {
        return new Passkey(
                id, email, "handle", "localhost", "laptop", "key", true, 7, Events.NOON, null);
    }

    private long records() {
        return store.ledgerCheck().verify().records();
    }

    @Test
    void keepsSessionsUntilTheyEnd() throws Exception {
        WebSession one = session("h1", ANA, 60);
        WebSession two = session("h2", ANA, 60);
        WebSession other = session("h3", BO, 60);
        signIns.put(one, Events.numbered(0));
        signIns.put(two, Events.numbered(1));
        signIns.put(other, Events.numbered(2));
        assertThat(signIns.sessions(ANA)).containsExactlyInAnyOrder(one, two);
        signIns.used("h1", Events.NOON.plusSeconds(9));
        assertThat(signIns.session("h1").orElseThrow().used())
                .isEqualTo(Events.NOON.plusSeconds(9));
        assertThat(records()).isEqualTo(3);

        assertThat(signIns.end("h1", Events.numbered(3))).isTrue();
        assertThat(signIns.end("h1", Events.numbered(4))).isFalse();
        assertThat(signIns.endAll(ANA, "h2", Events.numbered(4))).isZero();
        assertThat(signIns.endAll(ANA, "", Events.numbered(4))).isEqualTo(1);
        assertThat(signIns.sessions(ANA)).isEmpty();
        assertThat(signIns.session("h3")).contains(other);
        assertThat(records()).isEqualTo(5);
    }

    @Test
    void aLinkIsUsedOnceTogetherWithItsSession() throws Exception {
        Link link = new Link("l1", ANA, Events.NOON.plusSeconds(60));
        signIns.put(link, Events.numbered(0));
        assertThat(signIns.link("l1")).contains(link);
        assertThat(signIns.redeem(link, session("h1", ANA, 60), Events.numbered(1))).isTrue();
        assertThat(signIns.redeem(link, session("h2", ANA, 60), Events.numbered(2))).isFalse();
        assertThat(signIns.link("l1")).isEmpty();
        assertThat(signIns.session("h1")).isPresent();
        assertThat(signIns.session("h2")).isEmpty();
        assertThat(records()).isEqualTo(2);
    }

    @Test
    void aCounterMovesOnFromWhatWasRead() throws Exception {
        Passkey key = passkey("p1", ANA);
        signIns.put(key, Events.numbered(0));
        assertThat(signIns.passkeys(ANA)).containsExactly(key);
        assertThat(signIns.used(key, 8, Events.NOON)).isTrue();
        assertThat(signIns.used(key, 9, Events.NOON)).isFalse();
        assertThat(signIns.passkey("p1").orElseThrow().counter()).isEqualTo(8);
        assertThat(signIns.removePasskey(BO, "p1", Events.numbered(1))).isFalse();
        assertThat(signIns.removePasskey(ANA, "p1", Events.numbered(1))).isTrue();
        assertThat(signIns.passkey("p1")).isEmpty();
    }

    @Test
    void allOfItGoesWithThePerson() throws Exception {
        for (String email : Set.of(ANA, BO)) {
            store.people().put(new Person(email, email, Set.of("member")), Events.numbered(0));
            signIns.put(session("h " + email, email, 60), Events.numbered(1));
            signIns.put(new Link("l " + email, email, Events.NOON), Events.numbered(2));
            signIns.setPassword(email, "first", Events.numbered(3));
            signIns.setPassword(email, "second", Events.numbered(3));
            signIns.put(passkey("p " + email, email), Events.numbered(4));
            signIns.putAccount("https://id.example.com", email, email, Events.numbered(5));
        }
        store.people().remove(BO, Events.numbered(6));
        assertThat(signIns.session("h " + BO)).isEmpty();
        assertThat(signIns.link("l " + BO)).isEmpty();
        assertThat(signIns.password(BO)).isEmpty();
        assertThat(signIns.passkeys(BO)).isEmpty();
        assertThat(signIns.account("https://id.example.com", BO)).isEmpty();
        assertThat(signIns.session("h " + ANA)).isPresent();
        assertThat(signIns.link("l " + ANA)).isPresent();
        assertThat(signIns.password(ANA)).contains("second");
        assertThat(signIns.passkeys(ANA)).hasSize(1);
        assertThat(signIns.account("https://id.example.com", ANA)).contains(ANA);
        assertThat(signIns.removePassword(ANA, Events.numbered(7))).isTrue();
        assertThat(signIns.removePassword(ANA, Events.numbered(8))).isFalse();
    }
}
