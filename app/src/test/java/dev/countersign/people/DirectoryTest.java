package dev.countersign.people;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.Affiliation;
import dev.countersign.call.Place;
import dev.countersign.people.OrganisationStore.Step;
import dev.countersign.testing.MemoryLedger;
import dev.countersign.testing.MemoryPeopleStore;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What calls need to know of the organisation. */
final class DirectoryTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:30Z");
    private static final Clock CLOCK = Clock.fixed(NOON, ZoneOffset.UTC);

    private final MemoryPeopleStore store = new MemoryPeopleStore(new MemoryLedger());
    private final Directory directory = new Directory(store, store, false, CLOCK);

    private void put(Entity... entities) throws Exception {
        List<Step> steps = new ArrayList<>();
        for (Entity entity : entities) {
            steps.add(
                    new Step.Put(
                            entity,
                            AuditRecord.change(
                                    "organisation",
                                    NOON,
                                    null,
                                    null,
                                    "x",
                                    JsonNodeFactory.instance.objectNode())));
        }
        store.change(steps);
        directory.changed();
    }

    private static Agent agent(
            String name, @Nullable String ownerTeam, @Nullable String project, String... teams) {
        return new Agent(
                name, "", null, null, ownerTeam, Set.of(teams), project, Agent.State.ENABLED);
    }

    @Test
    void aCallIsInTheTeamsOfItsAgentAndItsProject() throws Exception {
        put(
                new Team("a", ""),
                new Team("b", ""),
                new Team("c", ""),
                new Team("d", ""),
                new Project("shop", "", null, Set.of("c")),
                agent("robot", "a", null, "b"),
                new Person("bo@example.com", "Bo", Set.of(), Set.of("d")));
        assertThat(directory.affiliation("robot", "shop", "bo@example.com"))
                .contains(
                        new Affiliation(
                                Set.of("a", "b", "c"),
                                Set.of("d"),
                                Set.of("a", "b", "c", "d"),
                                null));
        assertThat(directory.place("robot", "shop"))
                .isEqualTo(new Place("shop", Set.of("a", "b", "c")));
        assertThat(directory.place("stranger", "nowhere"))
                .isEqualTo(new Place("nowhere", Set.of()));
    }

    @Test
    void theProjectIsThatOfTheAgentThenThatOfTheWorkspace() throws Exception {
        put(
                new Project("shop", "", "/src/shop", Set.of()),
                new Project("web", "", null, Set.of()),
                agent("bound", null, "web"),
                agent("free", null, null));
        assertThat(directory.project("free", "/src/shop")).contains("shop");
        assertThat(directory.project("free", "/src/other")).isEmpty();
        assertThat(directory.project("bound", "/src/shop")).contains("web");
    }

    @Test
    void anyAgentMayAskUnlessItIsSaidOtherwise() throws Exception {
        put(agent("robot", null, null));
        assertThat(directory.refusal("robot")).isEmpty();
        assertThat(directory.refusal("stranger")).isEmpty();
        Directory strict = new Directory(store, store, true, CLOCK);
        assertThat(strict.refusal("robot")).isEmpty();
        assertThat(strict.refusal("stranger").orElseThrow())
                .contains("nobody added the agent `stranger`");
        put(agent("robot", null, null).with(Agent.State.REMOVED));
        assertThat(directory.refusal("robot").orElseThrow()).contains("was removed");
        assertThat(directory.affiliation("robot", null, null).orElseThrow().teams()).isEmpty();
    }

    /** A minute of calls is one thing to write down. */
    @Test
    void whoWasSeenIsWrittenDownOnceAMinute() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            assertThat(directory.refusal("stranger")).isEmpty();
        }
        directory.tick();
        Instant minute = Instant.parse("2026-11-22T12:00:00Z");
        assertThat(store.sightings("", 9))
                .containsExactly(new OrganisationStore.Sighting("stranger", minute, minute));
        assertThat(directory.refusal("another")).isEmpty();
        directory.tick();
        assertThat(store.sightings("", 9)).hasSize(1);
        directory.note();
        assertThat(store.sightings("", 9)).hasSize(2);
    }
}
