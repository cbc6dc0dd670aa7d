package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.Entity;
import dev.countersign.people.OrganisationStore.Step;
import dev.countersign.people.Passkey;
import dev.countersign.people.Person;
import dev.countersign.people.SignInStore;
import dev.countersign.people.SignInStore.Basis;
import dev.countersign.people.SignInStore.Ending;
import dev.countersign.people.SignInStore.Link;
import dev.countersign.people.SignInStore.Notice;
import dev.countersign.people.Way;
import dev.countersign.people.WebSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    void open() throws Exception {
        store =
                Store.open(
                        database.in(data.resolve("data")),
                        Clock.fixed(Events.NOON, ZoneOffset.UTC));
        signIns = store.signIns();
        for (String email : List.of(ANA, BO)) {
            store.people().put(new Person(email, email, Set.of("member")), Events.numbered(0));
        }
    }

    private void begin(WebSession session) throws Exception {
        assertThat(signIns.begin(session, new Basis.Vouched(), Events.numbered(0))).isTrue();
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
                Events.NOON,
                "key",
                null);
    }

    private static Passkey passkey(String id, String email) {
        return new Passkey(
                id, email, "handle", "localhost", "laptop", "key", true, 7, Events.NOON, null);
    }

    /** Beside those of the two people. */
    private long records() {
        return store.ledgerCheck().verify().records() - 2;
    }

    @Test
    void keepsSessionsUntilTheyEnd() throws Exception {
        WebSession one = session("h1", ANA, 60);
        WebSession two = session("h2", ANA, 60);
        WebSession other = session("h3", BO, 60);
        begin(one);
        begin(two);
        begin(other);
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

    /** What was looked at before a session begins may be gone when it does. */
    @Test
    void aSessionBeginsOnlyOnWhatIsStillThere() throws Exception {
        signIns.setPassword(ANA, "first", Optional.empty(), Events.numbered(0));
        signIns.put(passkey("p1", ANA), Events.numbered(1));
        begin(session("other", ANA, 60));
        List<Basis> bases =
                List.of(new Basis.Password("first"), new Basis.Key("p1"), new Basis.Other("other"));
        for (Basis basis : bases) {
            assertThat(begins(ANA, basis)).as(basis.toString()).isTrue();
            assertThat(begins(BO, basis)).as("of somebody else: " + basis).isFalse();
        }
        assertThat(begins(ANA, new Basis.LinkAlone())).isFalse();
        assertThat(begins(BO, new Basis.LinkAlone())).isTrue();

        signIns.setPassword(ANA, "second", Optional.empty(), Events.numbered(2));
        assertThat(signIns.removePasskey(ANA, "p1", Events.numbered(3))).isTrue();
        assertThat(signIns.end("other", Events.numbered(4))).isTrue();
        for (Basis basis : bases) {
            long before = records();
            assertThat(begins(ANA, basis)).as(basis.toString()).isFalse();
            assertThat(records()).isEqualTo(before);
        }
        assertThat(begins("nobody@example.com", new Basis.Vouched())).isFalse();
    }

    private boolean begins(String email, Basis basis) throws Exception {
        return signIns.begin(
                session("h of " + email + basis, email, 60), basis, Events.numbered(9));
    }

    @Test
    void aLinkIsUsedOnceTogetherWithItsSession() throws Exception {
        Link link = new Link("l1", ANA, Events.NOON.plusSeconds(60), null);
        signIns.put(link, Optional.empty(), Events.numbered(0));
        assertThat(signIns.link("l1")).contains(link);
        assertThat(signIns.redeem(link, session("h1", ANA, 60), Events.numbered(1))).isTrue();
        assertThat(signIns.redeem(link, session("h2", ANA, 60), Events.numbered(2))).isFalse();
        assertThat(signIns.link("l1")).isEmpty();
        assertThat(signIns.session("h1")).isPresent();
        assertThat(signIns.session("h2")).isEmpty();
        assertThat(records()).isEqualTo(2);
    }

    @Test
    void whatALinkWasMadeWithIsKnown() throws Exception {
        Link link = new Link("l1", ANA, Events.NOON.plusSeconds(60), "tok_1");
        signIns.put(link, Optional.empty(), Events.numbered(0));
        assertThat(signIns.link("l1")).contains(link);
        signIns.endLinks("tok_2");
        assertThat(signIns.link("l1")).isPresent();
        signIns.endLinks("tok_1");
        assertThat(signIns.link("l1")).isEmpty();

        WebSession session =
                new WebSession(
                        "h1",
                        "ses_1",
                        ANA,
                        Way.LINK,
                        "",
                        Events.NOON,
                        Events.NOON.plusSeconds(60),
                        Events.NOON,
                        null,
                        null,
                        "tok_1");
        begin(session);
        begin(session("h2", ANA, 60));
        assertThat(signIns.sessionsMadeBy("tok_1")).containsExactly(session);
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
            begin(session("h " + email, email, 60));
            signIns.put(
                    new Link("l " + email, email, Events.NOON, null),
                    Optional.of(new Notice(Events.NOON, "made by bo", false)),
                    Events.numbered(2));
            signIns.know("b " + email, email, Events.NOON);
            signIns.setPassword(email, "first", Optional.empty(), Events.numbered(3));
            signIns.setPassword(email, "second", Optional.empty(), Events.numbered(3));
            signIns.put(passkey("p " + email, email), Events.numbered(4));
            assertThat(
                            signIns.putAccount(
                                    "https://id.example.com", email, email, Events.numbered(5)))
                    .isTrue();
        }
        assertThat(
                        store.organisation()
                                .change(
                                        List.of(
                                                new Step.Remove(
                                                        Entity.Kind.PERSON,
                                                        BO,
                                                        Events.numbered(6)))))
                .isTrue();
        assertThat(signIns.session("h " + BO)).isEmpty();
        assertThat(signIns.link("l " + BO)).isEmpty();
        assertThat(signIns.password(BO)).isEmpty();
        assertThat(signIns.passkeys(BO)).isEmpty();
        assertThat(signIns.account("https://id.example.com", BO)).isEmpty();
        assertThat(signIns.hasAccount(BO)).isFalse();
        assertThat(signIns.knows("b " + BO, BO)).isFalse();
        assertThat(signIns.notices(BO)).isEmpty();
        assertThat(signIns.knows("b " + ANA, ANA)).isTrue();
        assertThat(signIns.knows("b " + ANA, BO)).isFalse();
        assertThat(signIns.notices(ANA)).hasSize(1);
        assertThat(signIns.session("h " + ANA)).isPresent();
        assertThat(signIns.link("l " + ANA)).isPresent();
        assertThat(signIns.password(ANA)).contains("second");
        assertThat(signIns.passkeys(ANA)).hasSize(1);
        assertThat(signIns.account("https://id.example.com", ANA)).contains(ANA);
        assertThat(signIns.removePassword(ANA, Events.numbered(7))).isTrue();
        assertThat(signIns.removePassword(ANA, Events.numbered(8))).isFalse();
    }

    /** Whoever knew the old password is out with it, or it stays. */
    @Test
    void aPasswordIsSetAndTheOthersAreOutOrNeither() throws Exception {
        begin(session("here", ANA, 60));
        begin(session("there", ANA, 60));
        signIns.setPassword(ANA, "first", Optional.empty(), Events.numbered(2));
        String[] fault =
                database == Databases.SQLITE
                        ? new String[] {
                            "CREATE TRIGGER fault BEFORE DELETE ON web_session"
                                    + " BEGIN SELECT RAISE(ABORT, 'fault'); END"
                        }
                        : new String[] {
                            "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql"
                                    + " AS 'BEGIN RAISE EXCEPTION ''fault''; END'",
                            "CREATE TRIGGER fault BEFORE DELETE ON web_session"
                                    + " FOR EACH ROW EXECUTE FUNCTION fault()"
                        };
        database.sql(data.resolve("data"), fault);
        assertThatThrownBy(() ->
                        signIns.setPassword(
                                ANA,
                                "second",
                                Optional.of(new Ending("here", Events.numbered(4))),
                                Events.numbered(3)))
                .isInstanceOf(NotRecorded.class);
        assertThat(signIns.password(ANA)).contains("first");
        assertThat(signIns.session("there")).isPresent();
        assertThat(records()).isEqualTo(3);

        database.sql(
                data.resolve("data"),
                database == Databases.SQLITE
                        ? "DROP TRIGGER fault"
                        : "DROP TRIGGER fault ON web_session");
        signIns.setPassword(
                ANA,
                "second",
                Optional.of(new Ending("here", Events.numbered(4))),
                Events.numbered(3));
        assertThat(signIns.password(ANA)).contains("second");
        assertThat(signIns.session("there")).isEmpty();
        assertThat(signIns.session("here")).isPresent();
        assertThat(records()).isEqualTo(5);
    }

    @Test
    void aPersonHasOneAccountAtAProvider() throws Exception {
        String issuer = "https://id.example.com";
        assertThat(signIns.putAccount(issuer, "one", ANA, Events.numbered(0))).isTrue();
        assertThat(signIns.putAccount(issuer, "two", ANA, Events.numbered(1))).isFalse();
        assertThat(signIns.putAccount("https://other.example.com", "one", ANA, Events.numbered(1)))
                .isTrue();
        assertThat(signIns.account(issuer, "two")).isEmpty();
        assertThat(signIns.hasAccount(ANA)).isTrue();
        assertThat(signIns.hasAccount(BO)).isFalse();
        assertThat(records()).isEqualTo(2);
    }

    @Test
    void ofTheBrowsersOfAPersonTheNewestAreKept() throws Exception {
        for (int i = 0; i < 60; i++) {
            signIns.know("b" + i, ANA, Events.NOON.plusSeconds(i));
        }
        assertThat(signIns.knows("b9", ANA)).isFalse();
        assertThat(signIns.knows("b10", ANA)).isTrue();
        assertThat(signIns.knows("b59", ANA)).isTrue();
    }

    /** Two owners take each other out, again and again in the same moment. */
    @Test
    void ofTwoOwnersThatRemoveEachOtherOneStays() throws Exception {
        for (int round = 0; round < 20; round++) {
            for (String email : List.of(ANA, BO)) {
                assertThat(
                                store.people()
                                        .put(
                                                new Person(email, email, Set.of("owner")),
                                                Events.numbered(0)))
                        .isTrue();
            }
            CyclicBarrier together = new CyclicBarrier(2);
            try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Boolean>> done =
                        List.of(ANA, BO).stream()
                                .map(email ->
                                        both.submit(() -> {
                                            together.await();
                                            return store.organisation()
                                                    .change(
                                                            List.of(
                                                                    new Step.Remove(
                                                                            Entity.Kind.PERSON,
                                                                            email,
                                                                            Events.numbered(1))));
                                        }))
                                .toList();
                assertThat(done.getFirst().get()).isNotEqualTo(done.getLast().get());
            }
            assertThat(store.people().found("role:owner", 3)).hasSize(1);
        }
    }
}
