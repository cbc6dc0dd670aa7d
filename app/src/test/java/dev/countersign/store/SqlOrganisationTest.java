package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.Holding;
import dev.countersign.decision.PolicyStore.Stored;
import dev.countersign.people.Agent;
import dev.countersign.people.Entity;
import dev.countersign.people.Entity.Kind;
import dev.countersign.people.OrganisationStore;
import dev.countersign.people.OrganisationStore.Made;
import dev.countersign.people.OrganisationStore.Seen;
import dev.countersign.people.OrganisationStore.Sighting;
import dev.countersign.people.OrganisationStore.Step;
import dev.countersign.people.Permission;
import dev.countersign.people.Person;
import dev.countersign.people.Project;
import dev.countersign.people.Role;
import dev.countersign.people.Team;
import dev.countersign.people.Token;
import dev.countersign.people.TokenScope;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The organisation in every database. */
@ParameterizedClass
@EnumSource
@SuppressWarnings("NullAway.Init")
final class SqlOrganisationTest {
    private static final Role ROLE = new Role("r", "a role", Set.of(Permission.SEE));
    private static final Team TEAM = new Team("pay", "money");
    private static final Project PROJECT = new Project("shop", "", "/src/shop", Set.of("pay"));
    private static final Agent AGENT =
            new Agent(
                    "robot",
                    "",
                    "docs",
                    "bo@example.com",
                    "pay",
                    Set.of("web"),
                    "shop",
                    Agent.State.DISABLED);
    private static final Person BO =
            new Person(
                    "bo@example.com",
                    "Bo",
                    Set.of("maintainer"),
                    Set.of("pay"),
                    Set.of(new Holding("r", Holding.Kind.PROJECT, "shop")));

    @Parameter Databases database = Databases.SQLITE;
    private @TempDir Path data;
    private Place place;
    private Store store;
    private OrganisationStore organisation;

    @BeforeEach
    void open() throws IOException {
        place = database.in(data.resolve("data"));
        store = Store.open(place, Clock.fixed(Events.NOON, ZoneOffset.UTC));
        organisation = store.organisation();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private static AuditRecord event(int number) {
        return Events.numbered(number);
    }

    private void put(Entity... entities) throws NotRecorded {
        List<Step> steps = new ArrayList<>();
        for (Entity entity : entities) {
            steps.add(new Step.Put(entity, event(steps.size())));
        }
        organisation.change(steps);
    }

    @Test
    void whatIsPutIsThereAsItWas() throws Exception {
        put(ROLE, TEAM, PROJECT, BO, AGENT);
        for (Entity each : List.of(ROLE, TEAM, PROJECT, BO, AGENT)) {
            assertThat(organisation.find(each.kind(), each.id())).contains(each);
            assertThat(organisation.list(each.kind(), "", 9)).containsExactly(each);
        }
        assertThat(store.people().person(BO.email())).contains(BO);
        assertThat(store.ledgerCheck().verify().records()).isEqualTo(5);
    }

    @Test
    void eachIsFoundByWhatItIs() throws Exception {
        put(ROLE, TEAM, PROJECT, BO, AGENT);
        assertThat(organisation.found(Kind.PERSON, "team:pay", "", 9)).containsExactly(BO.email());
        assertThat(organisation.found(Kind.AGENT, "team:pay", "", 9)).containsExactly("robot");
        assertThat(organisation.found(Kind.AGENT, "team:web", "", 9)).containsExactly("robot");
        assertThat(organisation.found(Kind.PROJECT, "workspace:/src/shop", "", 9))
                .containsExactly("shop");
        assertThat(organisation.needing("needs:role:r", 9)).containsExactly("person " + BO.email());
        assertThat(organisation.needing("needs:project:shop", 9))
                .containsExactly("agent robot", "person " + BO.email());
        assertThat(store.people().found("role:maintainer", "team:pay", 9)).containsExactly(BO);
        assertThat(store.people().found("role:r", 9)).isEmpty();
        assertThat(store.people().found("role:r@project:shop", 9)).containsExactly(BO);

        put(new Person(BO.email(), "Bo", Set.of("viewer")));
        assertThat(store.people().found("role:maintainer", 9)).isEmpty();
        assertThat(organisation.found(Kind.PERSON, "team:pay", "", 9)).isEmpty();
        organisation.change(List.of(new Step.Remove(Kind.AGENT, "robot", event(9))));
        assertThat(organisation.found(Kind.AGENT, "team:pay", "", 9)).isEmpty();
        assertThat(organisation.find(Kind.AGENT, "robot")).isEmpty();
    }

    @Test
    void listsComeInParts() throws Exception {
        put(new Team("c", ""), new Team("a", ""), new Team("B", ""), new Team("b", ""));
        assertThat(organisation.list(Kind.TEAM, "", 2))
                .extracting(Entity::id)
                .containsExactly("B", "a");
        assertThat(organisation.list(Kind.TEAM, "a", 9))
                .extracting(Entity::id)
                .containsExactly("b", "c");
    }

    /** All of it, with all its records, or nothing of either. */
    @Test
    void aChangeIsMadeAsAWhole() throws Exception {
        List<Step> steps =
                List.of(
                        new Step.Put(TEAM, event(0)),
                        new Step.Policy(List.of("team", "pay", "p", "p.yaml"), event(1)));
        assertThatThrownBy(() -> organisation.change(steps)).isInstanceOf(NotRecorded.class);
        assertThat(organisation.list(Kind.TEAM, "", 9)).isEmpty();
        assertThat(store.ledgerCheck().verify().records()).isZero();

        organisation.change(
                List.of(
                        new Step.Put(TEAM, event(0)),
                        new Step.Policy(
                                List.of(
                                        "team",
                                        "pay",
                                        "p",
                                        "p.yaml",
                                        "policy: p",
                                        "ana@example.com",
                                        Events.NOON.toString()),
                                event(1))));
        assertThat(store.policies().policies()).extracting(Stored::name).containsExactly("p");
        assertThat(store.ledgerCheck().verify().records()).isEqualTo(2);
    }

    @Test
    void whoWasSeenIsNotedWithTheFirstTime() throws Exception {
        Token token =
                new Token(
                        "t1",
                        "n",
                        Token.Kind.AGENT,
                        "h",
                        "robot",
                        null,
                        null,
                        false,
                        Events.NOON,
                        null,
                        null,
                        Set.of(TokenScope.REPORT),
                        null,
                        null);
        store.people().put(token, event(0));
        organisation.seen(Map.of("a", Events.NOON), Map.of());
        organisation.seen(
                Map.of("a", Events.NOON.plusSeconds(60), "b", Events.NOON),
                Map.of("t1", Events.NOON.plusSeconds(60)));
        assertThat(organisation.sightings("", 9))
                .containsExactly(
                        new Sighting("a", Events.NOON, Events.NOON.plusSeconds(60)),
                        new Sighting("b", Events.NOON, Events.NOON));
        assertThat(organisation.sightings("a", 9)).hasSize(1);
        Token used = store.people().token("t1").orElseThrow();
        assertThat(used.used()).isEqualTo(Events.NOON.plusSeconds(60));
        assertThat(used.scopes()).containsExactly(TokenScope.REPORT);
        assertThat(store.people().tokensOfAgent("robot")).containsExactly(used);
        assertThat(store.ledgerCheck().verify().records()).isEqualTo(1);
    }

    @Test
    void tokensComeInPartsTheOldestFirst() throws Exception {
        for (int i = 0; i < 4; i++) {
            store.people()
                    .put(
                            new Token(
                                    "t" + (9 - i),
                                    "n",
                                    Token.Kind.AGENT,
                                    "h" + i,
                                    "a",
                                    null,
                                    null,
                                    false,
                                    Events.NOON.plusSeconds(i),
                                    null,
                                    null),
                            event(i));
        }
        assertThat(store.people().tokens("", 3))
                .extracting(Token::id)
                .containsExactly("t9", "t8", "t7");
        assertThat(store.people().tokens("t7", 3)).extracting(Token::id).containsExactly("t6");
        assertThat(store.people().tokens("none", 3)).isEmpty();
    }

    @Test
    void whoIsErasedIsGoneFromTheOrganisationToo() throws Exception {
        put(TEAM, new Team("web", ""), PROJECT, AGENT);
        organisation.change(
                List.of(
                        new Step.Put(
                                BO,
                                AuditRecord.change(
                                        "people",
                                        Events.NOON,
                                        BO.email(),
                                        null,
                                        "Bo is here",
                                        BO.body()))));
        assertThat(store.erase(BO.email(), Events.NOON, "asked for it")).isPresent();
        assertThat(store.people().found("role:maintainer", 9)).isEmpty();
        assertThat(organisation.found(Kind.PERSON, "team:pay", "", 9)).isEmpty();
        Agent agent = (Agent) organisation.find(Kind.AGENT, "robot").orElseThrow();
        assertThat(agent.owner()).startsWith("person:");
        assertThat(organisation.needing("owner:" + BO.email(), 9)).isEmpty();
    }

    /** Who may do what was judged by what was there; where that changed, nothing is done. */
    @Test
    void whatChangedSinceItWasSeenIsNotChangedByThat() throws Exception {
        put(ROLE, TEAM, PROJECT, BO);
        Person less = new Person(BO.email(), "Bo", Set.of("viewer"));
        List<Step> steps = List.of(new Step.Put(AGENT, event(5)));
        Seen before = new Seen(Kind.PERSON, BO.email(), Optional.of(BO));
        Seen absent = new Seen(Kind.AGENT, AGENT.id(), Optional.empty());
        put(less);
        assertThat(organisation.change(steps, List.of(before))).isEqualTo(Made.OVERTAKEN);
        assertThat(organisation.find(Kind.AGENT, AGENT.id())).isEmpty();
        assertThat(store.ledgerCheck().verify().records()).isEqualTo(5);
        Seen now = new Seen(Kind.PERSON, BO.email(), Optional.of(less));
        assertThat(organisation.change(steps, List.of(now, absent))).isEqualTo(Made.DONE);
        assertThat(organisation.change(steps, List.of(absent))).isEqualTo(Made.OVERTAKEN);
        assertThat(store.ledgerCheck().verify().records()).isEqualTo(6);
    }
}
