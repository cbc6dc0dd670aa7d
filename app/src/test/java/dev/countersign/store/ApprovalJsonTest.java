package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;
import static org.quicktheories.generators.SourceDSL.lists;
import static org.quicktheories.generators.SourceDSL.longs;
import static org.quicktheories.generators.SourceDSL.strings;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Absence;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Grant;
import dev.countersign.approval.Offer;
import dev.countersign.approval.Terms;
import dev.countersign.approval.Vote;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.policy.Escalation;
import dev.countersign.policy.Requirement;
import dev.countersign.policy.Requirement.Quorum;
import dev.countersign.policy.Unanswered;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Requests survive being written and read. */
final class ApprovalJsonTest {
    private static final List<State> STATES = List.copyOf(EnumSet.allOf(State.class));
    private static final List<Quorum> QUORUMS =
            List.of(new Quorum.Any(), new Quorum.All(), new Quorum.AtLeast(3));

    @Test
    void readsWhatItWrote() {
        qt().forAll(
                        strings().basicLatinAlphabet().ofLengthBetween(0, 12),
                        lists().of(strings().basicLatinAlphabet().ofLengthBetween(0, 8))
                                .ofSizeBetween(0, 4),
                        integers().between(0, 1_000),
                        longs().between(-1_000_000_000_000L, 4_000_000_000_000L))
                .checkAssert((text, texts, number, millis) -> {
                    ApprovalRequest request = request(text, texts, number, millis);
                    String json = CanonicalJson.text(ApprovalJson.write(request));
                    assertThat(ApprovalJson.read(CanonicalJson.parse(json))).isEqualTo(request);
                });
    }

    private static ApprovalRequest request(
            String text, List<String> texts, int number, long millis) {
        Instant at = Instant.ofEpochMilli(millis).plusNanos(number);
        ObjectNode object = JsonNodeFactory.instance.objectNode().put(text, number);
        boolean flag = number % 2 == 0;
        return new ApprovalRequest(
                text,
                number,
                text,
                text,
                STATES.get(number % STATES.size()),
                object,
                object,
                texts.stream()
                        .map(t ->
                                new Requirement(
                                        t,
                                        texts,
                                        QUORUMS.get(number % 3),
                                        flag,
                                        steps(texts, number),
                                        0))
                        .toList(),
                texts.stream().map(t -> vote(t, text, number, at)).toList(),
                text,
                flag ? text : null,
                text,
                Set.copyOf(texts),
                flag ? Offer.ONCE : GrantsContract.offer("a", text, texts),
                number,
                at,
                at.plusSeconds(number),
                flag ? null : at,
                flag ? null : text,
                null,
                absence(text, number, at));
    }

    private static Vote vote(String person, String text, int number, Instant at) {
        boolean flag = number % 2 == 0;
        return number % 6 == 0 && !text.isBlank()
                ? new Vote(person, true, text, false, Terms.ONCE, at, text)
                : new Vote(person, flag, text, !flag, terms(text, number), at);
    }

    private static List<Escalation> steps(List<String> to, int number) {
        return IntStream.range(0, number % 4)
                .mapToObj(i ->
                        new Escalation(
                                Duration.ofSeconds(number + i), to, QUORUMS.get((number + i) % 3)))
                .toList();
    }

    private static final List<Unanswered.Then> THENS = List.of(Unanswered.Then.values());

    private static Absence absence(String text, int number, Instant at) {
        Unanswered.Then then = THENS.get(number % 3);
        return new Absence(
                then,
                then == Unanswered.Then.DEFER ? at : null,
                IntStream.range(0, number % 5)
                        .mapToObj(i -> new Absence.Notice(text + i, number + i, text, at))
                        .toList());
    }

    private static final List<Grant.Scope> SCOPES = List.of(Grant.Scope.values());

    private static Terms terms(String pattern, int number) {
        Grant.Scope scope = SCOPES.get(number % 3);
        return scope == Grant.Scope.ONCE
                ? Terms.ONCE
                : new Terms(
                        scope,
                        pattern,
                        number % 5 == 0 ? null : Duration.ofSeconds(number),
                        number % 7 == 0 ? null : number);
    }

    @Test
    void aRequestThatIsNotWholeIsNotRead() {
        ObjectNode whole = ApprovalJson.write(ApprovalsContract.request(1, "d"));
        for (String name : List.of("requirements", "votes", "state", "digest", "expires", "call")) {
            ObjectNode part = whole.deepCopy();
            part.remove(name);
            assertThatThrownBy(() -> ApprovalJson.read(part))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        ObjectNode odd = whole.deepCopy();
        ((ObjectNode) odd.path("requirements").path(0)).put("quorum", "most");
        assertThatThrownBy(() -> ApprovalJson.read(odd))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
