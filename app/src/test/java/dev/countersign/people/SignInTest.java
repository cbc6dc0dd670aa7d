package dev.countersign.people;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.SignIn.Outcome;
import dev.countersign.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in over a real store, with a clock of the test's. */
@SuppressWarnings("NullAway.Init")
final class SignInTest {
    private static final Passwords PASSWORDS = new Passwords(new Passwords.Cost(64, 1));
    private static final String ANA = "ana@example.com";
    private static final String RIGHT = "a long enough sentence";
    private static final SignIn.From HERE = new SignIn.From("192.0.2.1", "Firefox", "");

    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final InstantSource source = () -> now;
    private final Clock clock = source.withZone(ZoneOffset.UTC);
    private @TempDir Path data;
    private Store store;
    private SignIns signIns;
    private Person ana;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(data.resolve("d"), clock);
        open(store);
        ana = new Person(ANA, "Ana", Set.of("owner"));
        store.people().put(ana, record("added"));
    }

    /** As a server does at its start. */
    private void open(Store store) {
        signIns =
                SignIns.over(
                        store.signIns(),
                        store.people(),
                        new Roles(store.organisation()),
                        store.auditLog(),
                        new dev.countersign.audit.Alarms(store.alarms(), clock),
                        Sessions.Limits.USUAL,
                        PASSWORDS,
                        clock);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
    }

    private dev.countersign.audit.AuditRecord record(String summary) {
        return dev.countersign.audit.AuditRecord.change(
                "people",
                now,
                null,
                null,
                summary,
                com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode());
    }

    private Principal.Person by(Sessions.New made) {
        return signIns.sessions().byCookie(made.cookie()).orElseThrow();
    }

    private Sessions.New linked() throws NotRecorded {
        return signIns.links()
                .redeem(signIns.links().printed(ana), "Firefox")
                .orElseThrow()
                .session();
    }

    private void setPassword() throws Exception {
        assertThat(signIns.signIn().setPassword(by(linked()), RIGHT)).isEmpty();
    }

    private Outcome attempt(String email, String password, SignIn.From from) throws NotRecorded {
        return signIns.signIn().byPassword(email, password, from);
    }

    private List<String> records() {
        return store.auditQuery().next(java.util.Map.of(), -1, Long.MAX_VALUE).stream()
                .map(stored -> stored.index())
                .map(index -> store.auditQuery().byIndex(index).orElseThrow().body())
                .map(body -> body.path("summary").asText())
                .toList();
    }

    @Test
    void aLinkSignsInOnce() throws Exception {
        String code = signIns.links().printed(ana);
        assertThat(signIns.links().whom(code)).contains(ANA);
        assertThat(signIns.links().whom(code)).contains(ANA);
        assertThat(signIns.links().redeem(code, "Firefox")).isPresent();
        assertThat(signIns.links().redeem(code, "Firefox")).isEmpty();
        assertThat(signIns.links().redeem("guess", "Firefox")).isEmpty();
        assertThat(signIns.links().whom("guess")).isEmpty();
    }

    @Test
    void aLinkForTodayIsWorthlessTomorrowAndAnInvitationAfterAWeek() throws Exception {
        String today = signIns.links().own(by(linked()));
        String week = signIns.links().invitation(ana, "the test", null);
        String longer = signIns.links().invitation(ana, "the test", null);
        now = now.plus(Duration.ofHours(13));
        assertThat(signIns.links().redeem(today, "Firefox")).isEmpty();
        assertThat(signIns.links().redeem(week, "Firefox").orElseThrow().bare()).isTrue();
        assertThat(signIns.links().redeem(week, "Firefox")).isEmpty();
        now = now.plus(Duration.ofDays(7));
        assertThat(signIns.links().redeem(longer, "Firefox")).isEmpty();
    }

    /** A link that was made before is a session that was not begun yet. */
    @Test
    void whoeverEndsAllSessionsEndsTheLinksToo() throws Exception {
        String today = signIns.links().own(by(linked()));
        String week = signIns.links().invitation(ana, "the test", null);
        int _ = signIns.sessions().endAll(ANA, Optional.empty(), new Principal.Owner());
        assertThat(signIns.links().redeem(today, "Firefox")).isEmpty();
        assertThat(signIns.links().redeem(week, "Firefox")).isEmpty();
    }

    /** A page of a session that has just ended may still make one. */
    @Test
    void aLinkEndsWithTheSessionItWasMadeIn() throws Exception {
        Principal.Person gone = by(linked());
        Principal.Person stays = by(linked());
        signIns.sessions().signOut(gone);
        assertThat(signIns.links().redeem(signIns.links().own(gone), "Firefox")).isEmpty();
        assertThat(signIns.links().redeem(signIns.links().own(stays), "Firefox")).isPresent();
    }

    /** Whoever has something of their own to sign in with needs no link of the server. */
    @Test
    void aPrintedLinkIsWorthlessBesideAPassword() throws Exception {
        setPassword();
        assertThat(signIns.links().redeem(signIns.links().printed(ana), "Firefox")).isEmpty();
    }

    @Test
    void anInvitationOutlivesTheProcess() throws Exception {
        String code = signIns.links().invitation(ana, "the test", null);
        SignIns later =
                SignIns.over(
                        store.signIns(),
                        store.people(),
                        new Roles(store.organisation()),
                        store.auditLog(),
                        new dev.countersign.audit.Alarms(store.alarms(), clock),
                        Sessions.Limits.USUAL,
                        PASSWORDS,
                        clock);
        assertThat(later.links().redeem(code, "Firefox")).isPresent();
    }

    @Test
    void aSessionEndsByIdlingByAgeAndBySigningOut() throws Exception {
        Sessions.New idle = linked();
        Sessions.New used = linked();
        for (int hours = 0; hours < 14 * 24; hours += 6) {
            if (hours == 12) {
                assertThat(signIns.sessions().byCookie(idle.cookie())).isEmpty();
            }
            Optional<Principal.Person> person = signIns.sessions().byCookie(used.cookie());
            assertThat(person.isPresent()).as(hours + " hours").isEqualTo(hours < 7 * 24);
            person.ifPresent(signIns.sessions()::touch);
            now = now.plus(Duration.ofHours(6));
        }
        Sessions.New out = linked();
        signIns.sessions().signOut(by(out));
        assertThat(signIns.sessions().byCookie(out.cookie())).isEmpty();
    }

    @Test
    void usesOfOneMinuteAreNotedOnce() throws Exception {
        Principal.Person person = by(linked());
        now = now.plusSeconds(59);
        signIns.sessions().touch(person);
        assertThat(signIns.sessions().current(person).orElseThrow().used())
                .isEqualTo(now.minusSeconds(59));
        now = now.plusSeconds(1);
        signIns.sessions().touch(person);
        assertThat(signIns.sessions().current(person).orElseThrow().used()).isEqualTo(now);
    }

    @Test
    void theRightPasswordBeginsANewSessionEachTime() throws Exception {
        setPassword();
        Set<String> cookies = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            Outcome outcome = attempt(" Ana@Example.com ", RIGHT, HERE);
            assertThat(outcome).isInstanceOf(Outcome.SignedIn.class);
            cookies.add(((Outcome.SignedIn) outcome).session().cookie());
        }
        assertThat(cookies).hasSize(3);
        assertThat(store.signIns().password(ANA).orElseThrow())
                .startsWith("$argon2id$v=19$m=64,t=1,p=1$")
                .doesNotContain(RIGHT);
    }

    @Test
    void wrongAndUnknownAreTheSame() throws Exception {
        setPassword();
        assertThat(attempt(ANA, RIGHT + "x", HERE)).isEqualTo(new Outcome.Wrong());
        assertThat(attempt("eve@example.com", RIGHT, HERE)).isEqualTo(new Outcome.Wrong());
        store.people().put(new Person("bo@example.com", "Bo", Set.of()), record("bo"));
        assertThat(attempt("bo@example.com", RIGHT, HERE)).isEqualTo(new Outcome.Wrong());
        assertThat(attempt("", "", HERE)).isEqualTo(new Outcome.Wrong());
    }

    /** By the work, not by a stopwatch: what is computed is the same. */
    @Test
    void nobodyIsAnsweredWithoutTheWork() throws Exception {
        Passwords passwords = new Passwords();
        assertThat(passwords.hash(RIGHT)).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        long begin = System.nanoTime();
        assertThat(passwords.matches(RIGHT, Optional.empty())).isFalse();
        long unknown = System.nanoTime() - begin;
        assertThat(Duration.ofNanos(unknown)).isGreaterThan(Duration.ofMillis(5));
    }

    @Test
    void theNullHashOfNobodyIsNoPassword() throws Exception {
        assertThat(new Passwords().matches("", Optional.empty())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short",
                "elevenchars",
                "ana@example.com",
                "  ANA@example.com ",
                "password1234",
                "Password1234",
                "aaaaaaaaaaaaaaaa",
                "Dragon-1998-Monkey",
                "p4$$w0rd!p4$$w0rd",
                "!!Welcome2031Friday!!",
                "Example-Ana-4711-0815",
                "countersign/example7",
                "121212121212"
            })
    void aPasswordAnybodyWouldTryIsRefused(String password) throws Exception {
        assertThat(signIns.signIn().setPassword(by(linked()), password)).isPresent();
        assertThat(store.signIns().password(ANA)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "48293847562910",
                "correct-donkey-battery-staple",
                "love is a burning thing",
                "\u043f\u0430\u0440\u043e\u043b\u044c \u0434\u043b\u044f \u0432\u0441\u0435\u0445",
                "x7!Kq2#Vb9$Lm4",
                "password of a gentle giraffe"
            })
    void oneThatNobodyWouldTryIsTaken(String password) throws Exception {
        assertThat(signIns.signIn().setPassword(by(linked()), password)).isEmpty();
    }

    @Test
    void lengthIsBounded() throws Exception {
        Principal.Person person = by(linked());
        assertThat(signIns.signIn().setPassword(person, "ab1?".repeat(33))).isPresent();
        assertThat(signIns.signIn().setPassword(person, "ab1?".repeat(32))).isEmpty();
        assertThat(attempt(ANA, "ab1?".repeat(32), HERE)).isInstanceOf(Outcome.SignedIn.class);
        // What is longer than any password is none, whatever it begins with.
        String letters = "\ud83d\ude00\ud83d\ude01\ud83d\ude02\ud83d\ude03".repeat(32);
        assertThat(signIns.signIn().setPassword(person, letters)).isEmpty();
        assertThat(attempt(ANA, letters, HERE)).isInstanceOf(Outcome.SignedIn.class);
        assertThat(attempt(ANA, letters + "and more", HERE)).isEqualTo(new Outcome.Wrong());
        // Nobody makes us hash a megabyte.
        assertThat(attempt(ANA, "x".repeat(1_000_000), HERE)).isEqualTo(new Outcome.Wrong());
    }

    @Test
    void anotherPasswordEndsTheOtherSessions() throws Exception {
        setPassword();
        Sessions.New other = ((Outcome.SignedIn) attempt(ANA, RIGHT, HERE)).session();
        Principal.Person here = by(((Outcome.SignedIn) attempt(ANA, RIGHT, HERE)).session());
        assertThat(signIns.signIn().setPassword(here, RIGHT + ", and another")).isEmpty();
        assertThat(signIns.sessions().byCookie(other.cookie())).isEmpty();
        assertThat(signIns.sessions().current(here)).isPresent();
    }

    @Test
    void whoKeepsFailingWaitsLongerAndLongerButNeverForGood() throws Exception {
        setPassword();
        Duration longest = Duration.ZERO;
        for (int i = 0; i < 40; i++) {
            Outcome outcome = attempt(ANA, "wrong " + i, HERE);
            while (outcome instanceof Outcome.Later(Duration pause)) {
                longest = pause.compareTo(longest) > 0 ? pause : longest;
                now = now.plus(pause);
                outcome = attempt(ANA, "wrong " + i, HERE);
            }
            assertThat(outcome).isEqualTo(new Outcome.Wrong());
        }
        assertThat(longest).isEqualTo(Duration.ofMinutes(1));
        assertThat(attempt(ANA, RIGHT, HERE)).isInstanceOf(Outcome.Later.class);
        now = now.plus(Duration.ofMinutes(1));
        assertThat(attempt(ANA, RIGHT, HERE)).isInstanceOf(Outcome.SignedIn.class);
    }

    /** What one address tries, however long, holds up that address. */
    @Test
    void whoeverTriesHoldsUpOnlyThemselves() throws Exception {
        setPassword();
        SignIn.From stranger = new SignIn.From("198.51.100.1", "curl", "");
        int tried = 0;
        for (int minute = 0; minute < 6 * 60; minute++) {
            tried += attempt(ANA, "wrong", stranger) instanceof Outcome.Wrong ? 1 : 0;
            now = now.plus(Duration.ofMinutes(1));
        }
        assertThat(tried).isGreaterThan(300);
        assertThat(attempt(ANA, RIGHT, HERE)).isInstanceOf(Outcome.SignedIn.class);
    }

    @Test
    void aBrowserThatWasLetInDoesNotWaitForTheFailuresOfOthers() throws Exception {
        setPassword();
        Outcome.SignedIn in = (Outcome.SignedIn) attempt(ANA, RIGHT, HERE);
        for (int i = 0; i < 120; i++) {
            var _ = attempt(ANA, "wrong", new SignIn.From("198.51.100." + i, "curl", ""));
        }
        // Programs beside the browser share its address.
        for (int i = 0; i < 50; i++) {
            var _ = attempt("p" + i + "@example.com", "wrong", HERE);
        }
        assertThat(attempt(ANA, RIGHT, new SignIn.From("192.0.2.77", "Firefox", "")))
                .isInstanceOf(Outcome.Later.class);
        assertThat(attempt(ANA, RIGHT, HERE)).isInstanceOf(Outcome.Later.class);
        SignIn.From known = new SignIn.From("192.0.2.1", "Firefox", in.browser());
        assertThat(attempt(ANA, RIGHT, known)).isInstanceOf(Outcome.SignedIn.class);
        // It is known after a restart, too.
        open(store);
        assertThat(attempt(ANA, RIGHT, known)).isInstanceOf(Outcome.SignedIn.class);
        // The mark is of this person only, and itself not free of limits.
        for (int i = 0; i < 5; i++) {
            assertThat(attempt(ANA, "no", new SignIn.From("192.0.2.78", "F", in.browser())))
                    .isEqualTo(new Outcome.Wrong());
        }
        assertThat(attempt(ANA, "no", new SignIn.From("192.0.2.78", "F", in.browser())))
                .isInstanceOf(Outcome.Later.class);
    }

    @Test
    void oneAddressThatTriesManyPeopleWaits() throws Exception {
        int wrong = 0;
        for (int i = 0; i < 100; i++) {
            wrong += attempt("p" + i + "@example.com", "x", HERE) instanceof Outcome.Wrong ? 1 : 0;
        }
        assertThat(wrong).isEqualTo(30);
    }

    /** Ten thousand tries cost a few hashes, no memory, and a handful of records. */
    @Test
    void aFloodIsCheapAndSummedUp() throws Exception {
        setPassword();
        int before = records().size();
        long begin = System.nanoTime();
        int later = 0;
        for (int i = 0; i < 10_000; i++) {
            later += attempt(ANA, "wrong " + i, HERE) instanceof Outcome.Later ? 1 : 0;
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        assertThat(later).isEqualTo(9_995);
        now = now.plus(Duration.ofMinutes(1));
        signIns.signIn().tick();
        signIns.signIn().finish();
        assertThat(records().subList(before, records().size()))
                .containsExactly("5 sign-ins failed as " + ANA);
    }

    @Test
    void whatWasTypedAsAnUnknownNameIsNotRecorded() throws Exception {
        var _ = attempt("my secret password", "x", HERE);
        signIns.signIn().finish();
        assertThat(records().getLast())
                .startsWith("a sign-in failed")
                .doesNotContain("my secret password");
    }

    @Test
    void onlyWhoConfirmedOfLateIsRecent() throws Exception {
        String given = signIns.links().printed(ana);
        assertThat(signIns.sessions().recent(by(redeem(given)))).isTrue();
        setPassword();
        Outcome.SignedIn first = (Outcome.SignedIn) attempt(ANA, RIGHT, HERE);
        Principal.Person own = by(redeem(signIns.links().own(by(first.session()))));
        assertThat(signIns.sessions().recent(own)).isFalse();

        Outcome.SignedIn in = (Outcome.SignedIn) attempt(ANA, RIGHT, HERE);
        Principal.Person person = by(in.session());
        assertThat(signIns.sessions().recent(person)).isTrue();
        now = now.plus(Duration.ofMinutes(5));
        assertThat(signIns.sessions().recent(person)).isFalse();
        assertThat(signIns.signIn().confirm(person, "wrong")).contains(new Outcome.Wrong());
        assertThat(signIns.sessions().recent(person)).isFalse();
        assertThat(signIns.signIn().confirm(person, RIGHT)).isEmpty();
        assertThat(signIns.sessions().recent(person)).isTrue();
        signIns.sessions().signOut(person);
        assertThat(signIns.sessions().recent(person)).isFalse();
    }

    /** Who has a password hears of it, and once by a way in that is their own. */
    @Test
    void aLinkThatSomebodyElseMadeIsTold() throws Exception {
        String first = signIns.links().invitation(ana, "bo@example.com", null);
        assertThat(signIns.links().notices(ANA)).isEmpty();
        setPassword();
        String own = signIns.links().invitation(ana, ANA, null);
        assertThat(signIns.links().notices(ANA)).isEmpty();
        String other = signIns.links().invitation(ana, "bo@example.com", null);
        assertThat(store.alarms().open(ANA, 5))
                .extracting(dev.countersign.audit.Alarm::text)
                .containsExactly(
                        "bo@example.com made a sign-in link for ana@example.com, who has other ways"
                                + " to sign in");
        // Whoever uses the link may be somebody else.
        assertThat(signIns.links().untold(redeem(other).session())).hasSize(1);
        assertThat(signIns.links().untold(redeem(own).session())).hasSize(1);
        // What was made before the password opens nothing.
        assertThat(signIns.links().redeem(first, "Firefox")).isEmpty();
        Outcome.SignedIn in = (Outcome.SignedIn) attempt(ANA, RIGHT, HERE);
        assertThat(signIns.links().untold(in.session().session()))
                .extracting(SignInStore.Notice::text)
                .containsExactly("A sign-in link for you was made by bo@example.com.");
        assertThat(signIns.links().untold(in.session().session())).isEmpty();
        assertThat(signIns.links().notices(ANA)).hasSize(1);
    }

    @Test
    void withoutAnythingElseANewLinkWillDo() throws Exception {
        Principal.Person person = by(redeem(signIns.links().own(by(linked()))));
        assertThat(signIns.sessions().recent(person)).isTrue();
        now = now.plus(Duration.ofMinutes(6));
        assertThat(signIns.sessions().recent(person)).isFalse();
    }

    private Sessions.New redeem(String code) throws NotRecorded {
        return signIns.links().redeem(code, "Firefox").orElseThrow().session();
    }

    @Test
    void aMarkIsGoodForItsPurposeItsTimeAndOnce() {
        Signed signed = new Signed(clock);
        String mark = signed.sign("a", "text", Duration.ofMinutes(1));
        assertThat(signed.read("a", mark)).contains("text");
        assertThat(signed.read("b", mark)).isEmpty();
        assertThat(new Signed(clock).read("a", mark)).isEmpty();
        for (int i = 0; i < mark.length(); i++) {
            char other = mark.charAt(i) == 'A' ? 'B' : 'A';
            String changed = mark.substring(0, i) + other + mark.substring(i + 1);
            // The last character holds two bits that stand for nothing.
            assertThat(signed.read("a", changed).isEmpty() || i == mark.length() - 1).isTrue();
        }
        for (String none : List.of("", "A", "!!", "A".repeat(100), "A".repeat(20_000))) {
            assertThat(signed.read("a", none)).isEmpty();
        }
        assertThat(signed.readOnce("a", mark)).isPresent();
        assertThat(signed.readOnce("a", mark)).isEmpty();
        now = now.plus(Duration.ofMinutes(1));
        assertThat(signed.read("a", mark)).isEmpty();
    }
}
