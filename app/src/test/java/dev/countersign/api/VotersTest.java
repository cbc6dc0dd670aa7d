package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.approval.Ballot;
import dev.countersign.approval.Voter;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.Holding;
import dev.countersign.call.Place;
import dev.countersign.notify.OnCall;
import dev.countersign.people.Person;
import dev.countersign.policy.Requirement;
import dev.countersign.policy.Requirement.Quorum;
import dev.countersign.testing.MemoryLedger;
import dev.countersign.testing.MemoryPeopleStore;
import dev.countersign.testing.MemoryWishes;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whose answer may count, found without reading everybody. */
final class VotersTest {
    private static final AuditRecord EVENT =
            AuditRecord.change(
                    "people",
                    Instant.EPOCH,
                    null,
                    null,
                    "x",
                    JsonNodeFactory.instance.objectNode());
    private static final Place SHOP = new Place("shop", Set.of("pay"));

    private final MemoryPeopleStore people = new MemoryPeopleStore(new MemoryLedger());
    private final Voters voters =
            new Voters(people, new OnCall(Map.of(), new MemoryWishes(), Clock.systemUTC()));

    private void add(String email, Set<String> roles, Set<String> teams, Holding... held)
            throws Exception {
        people.put(new Person(email, email, roles, teams, Set.of(held)), EVENT);
    }

    private List<String> found(String source) {
        Requirement requirement = new Requirement("p", List.of(source), new Quorum.Any(), false);
        return voters.among(List.of(requirement), "dr@x", SHOP).stream()
                .filter(voter -> Ballot.matches(source, voter))
                .map(Voter::email)
                .sorted()
                .toList();
    }

    @Test
    void everySourceFindsItsOwn() throws Exception {
        add("tenant@x", Set.of("maintainer"), Set.of());
        add("member@x", Set.of("maintainer"), Set.of("pay"));
        add("team@x", Set.of(), Set.of(), new Holding("maintainer", Holding.Kind.TEAM, "pay"));
        add(
                "project@x",
                Set.of(),
                Set.of(),
                new Holding("maintainer", Holding.Kind.PROJECT, "shop"));
        add(
                "else@x",
                Set.of(),
                Set.of("pay"),
                new Holding("maintainer", Holding.Kind.PROJECT, "web"));
        assertThat(found("role:maintainer"))
                .containsExactly("member@x", "project@x", "team@x", "tenant@x");
        assertThat(found("role:maintainer@pay")).containsExactly("member@x", "team@x");
        assertThat(found("team:pay")).containsExactly("else@x", "member@x");
        assertThat(found("else@x")).containsExactly("else@x");
        assertThat(found("nobody@x")).isEmpty();
        assertThat(voters.anywhere("role:maintainer"))
                .contains("tenant@x", "member@x", "team@x", "project@x", "else@x");
    }

    @Test
    void theDriverAndTheOwnersAreAmongThem() throws Exception {
        add("dr@x", Set.of("viewer"), Set.of());
        add("ow@x", Set.of("owner"), Set.of());
        add("other@x", Set.of("member"), Set.of());
        assertThat(voters.among(List.of(), "dr@x", SHOP))
                .extracting(Voter::email)
                .containsExactlyInAnyOrder("dr@x", "ow@x");
    }

    /** As many as a requirement can need, whoever is kept out, and not all there are. */
    @Test
    void ofVeryManyThereAreEnough() throws Exception {
        for (int i = 0; i < 500; i++) {
            people.put(new Person("p" + i + "@x", "P", Set.of("member")), EVENT);
        }
        Requirement most =
                new Requirement("p", List.of("role:member"), new Quorum.AtLeast(99), true);
        Collection<Voter> found = voters.among(List.of(most), "p0@x", SHOP);
        assertThat(found).hasSizeLessThan(200);
        assertThat(Ballot.answerable(List.of(most), "p0@x", found)).isTrue();
    }
}
