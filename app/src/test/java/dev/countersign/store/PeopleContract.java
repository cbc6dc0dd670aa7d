package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Person;
import dev.countersign.people.Token;
import dev.countersign.people.TokenScope;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every store of people does, whatever it is kept in. */
abstract class PeopleContract {
    abstract PeopleStore people();

    abstract LedgerCheck check();

    private static Token token(String id, String hash) {
        return new Token(
                id,
                "laptop",
                Token.Kind.AGENT,
                hash,
                "builder",
                null,
                "payments",
                false,
                Events.NOON,
                Events.NOON.plusSeconds(60),
                null);
    }

    @Test
    void keepsPeople() throws Exception {
        Person ana = new Person("ana@example.com", "Ana", Set.of("owner", "maintainer"));
        Person bo = new Person("bo@example.com", "Bo", Set.of());
        people().put(bo, Events.numbered(0));
        people().put(ana, Events.numbered(1));
        assertThat(people().found("role:maintainer", 9)).containsExactly(ana);
        assertThat(people().person("ana@example.com")).contains(ana);
        assertThat(people().person("eve@example.com")).isEmpty();

        Person promoted =
                new Person(
                        "bo@example.com", "Bo B.", Set.of("security"), Set.of("payments", "web"));
        people().put(promoted, Events.numbered(2));
        assertThat(people().person("bo@example.com")).contains(promoted);
        assertThat(check().verify().records()).isEqualTo(3);
    }

    @Test
    void theLastOwnerStaysOne() throws Exception {
        Person ana = new Person("ana@example.com", "Ana", Set.of("owner"));
        Person bo = new Person("bo@example.com", "Bo", Set.of("owner"));
        assertThat(people().put(ana, Events.numbered(0))).isTrue();
        assertThat(people().put(bo, Events.numbered(1))).isTrue();
        Person less = new Person("bo@example.com", "Bo", Set.of("member"));
        assertThat(people().put(less, Events.numbered(2))).isTrue();
        Person none = new Person("ana@example.com", "Ana", Set.of("member"));
        assertThat(people().put(none, Events.numbered(3))).isFalse();
        assertThat(people().person("ana@example.com")).contains(ana);
        assertThat(check().verify().records()).isEqualTo(3);
    }

    @Test
    void keepsTokens() throws Exception {
        Token one = token("t1", "h1");
        Token full =
                new Token(
                        "t2",
                        "",
                        Token.Kind.PERSONAL,
                        "h2",
                        null,
                        "ana@example.com",
                        null,
                        true,
                        Events.NOON.plusNanos(1),
                        null,
                        Events.NOON.plusSeconds(9));
        people().put(one, Events.numbered(0));
        people().put(full, Events.numbered(1));
        assertThat(people().tokens("", 9)).containsExactlyInAnyOrder(one, full);
        assertThat(people().tokenByHash("h2")).contains(full);
        assertThat(people().tokenByHash("h3")).isEmpty();

        Token again = token("t1", "h9");
        people().put(again, Events.numbered(2));
        assertThat(people().tokens("", 9)).containsExactlyInAnyOrder(again, full);
        assertThat(people().tokenByHash("h1")).isEmpty();
        assertThatThrownBy(() -> people().put(token("t3", "h9"), Events.numbered(3)))
                .isInstanceOf(NotRecorded.class);
        assertThat(people().tokens("", 9)).hasSize(2);
        assertThat(check().verify().records()).isEqualTo(3);
    }

    @Test
    void acceptanceIsOfThisPathAndThisContent() throws Exception {
        people().accept("/w/countersign.yaml", "aa", "ana@example.com", Events.numbered(0));
        people().accept("/w/countersign.yaml", "bb", "ana@example.com", Events.numbered(1));
        people().accept("/w/countersign.yaml", "bb", "bo@example.com", Events.numbered(2));
        assertThat(people().accepted("/w/countersign.yaml", "aa")).isTrue();
        assertThat(people().accepted("/w/countersign.yaml", "bb")).isTrue();
        assertThat(people().accepted("/w/countersign.yaml", "cc")).isFalse();
        assertThat(people().accepted("/v/countersign.yaml", "aa")).isFalse();
        assertThat(check().verify().records()).isEqualTo(3);
    }

    /** A token is for somebody who is there: a removal in the same moment leaves none behind. */
    @Test
    void nobodyWhoIsGoneGetsAToken() throws Exception {
        Token hers =
                new Token(
                        "t1",
                        "",
                        Token.Kind.PERSONAL,
                        "h1",
                        null,
                        "ana@example.com",
                        null,
                        true,
                        Events.NOON,
                        null,
                        null);
        assertThat(people().add(hers, Events.numbered(0))).isFalse();
        assertThat(people().tokenByHash("h1")).isEmpty();
        assertThat(check().verify().records()).isZero();

        people().put(new Person("ana@example.com", "Ana", Set.of("owner")), Events.numbered(0));
        assertThat(people().add(hers, Events.numbered(1))).isTrue();
        assertThat(people().tokenByHash("h1")).contains(hers);
        assertThat(people().add(token("t2", "h2"), Events.numbered(2))).isTrue();
        assertThat(check().verify().records()).isEqualTo(3);
    }

    private static Token madeBy(String id, String maker) {
        return new Token(
                id,
                "",
                Token.Kind.AGENT,
                "hash of " + id,
                "builder",
                null,
                null,
                false,
                Events.NOON,
                null,
                null,
                Set.of(TokenScope.READ),
                null,
                maker);
    }

    @Test
    void whatWasMadeWithATokenIsFoundAndNothingMoreIsMadeWithOneThatEnded() throws Exception {
        Token maker = token("t1", "h1");
        assertThat(people().add(maker, Events.numbered(0))).isTrue();
        Token made = madeBy("t2", "t1");
        assertThat(people().add(made, Events.numbered(1))).isTrue();
        assertThat(people().tokensMadeBy("t1")).containsExactly(made);
        assertThat(people().tokensMadeBy("t2")).isEmpty();
        people().put(
                        new Token(
                                "t1",
                                "laptop",
                                Token.Kind.AGENT,
                                "h1",
                                "builder",
                                null,
                                "payments",
                                false,
                                Events.NOON,
                                Events.NOON.plusSeconds(60),
                                Events.NOON),
                        Events.numbered(2));
        assertThat(people().add(madeBy("t3", "t1"), Events.numbered(3))).isFalse();
        assertThat(people().token("t3")).isEmpty();
        assertThat(check().verify().records()).isEqualTo(3);
    }
}
