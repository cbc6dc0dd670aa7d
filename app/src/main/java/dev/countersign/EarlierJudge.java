package dev.countersign;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.ToolCall;
import dev.countersign.config.MachineFacts;
import dev.countersign.decision.CallJson;
import dev.countersign.decision.Documents;
import dev.countersign.decision.Earlier;
import dev.countersign.decision.PolicyFiles;
import dev.countersign.decision.PolicySource;
import dev.countersign.decision.PolicyStore;
import dev.countersign.decision.StoredPolicies;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.Level;
import dev.countersign.policy.PolicySnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Judges calls with the built-in defaults of the class loader that loaded it; made by {@link App}
 * through that loader.
 */
public final class EarlierJudge implements Earlier {
    private final Analyzer here;
    private final Analyzer away = new Analyzer(Facts.NONE, Guarded.DEFAULT);
    private final Documents documents;
    private volatile PolicyFiles files;

    /**
     * Judges as the server does that it belongs to.
     *
     * @param folders absolute paths of what is guarded
     * @param addresses of the server
     * @param processes of the server
     * @param accepted whether a person accepted this content of the file at this path
     */
    public EarlierJudge(
            List<String> folders,
            Set<String> addresses,
            Set<Long> processes,
            BiPredicate<String, String> accepted) {
        here = new Analyzer(new MachineFacts(), new Guarded(folders, addresses, processes));
        documents = new Documents(here, accepted);
        files = files(List.of());
    }

    @Override
    public void documents(List<Map<String, String>> stored) {
        files = files(stored);
    }

    private PolicyFiles files(List<Map<String, String>> stored) {
        return new PolicyFiles(
                documents, new StoredPolicies(new Given(stored), documents.examples()));
    }

    @Override
    public String effect(ObjectNode call, Instant at, boolean pastWindow) {
        ToolCall written = here.placed(CallJson.read(call));
        Effect strictest = effect(here, written, at, pastWindow);
        Optional<ToolCall> told = written.told();
        if (told.isPresent()) {
            Effect other = effect(here, here.placed(told.get()), at, pastWindow);
            strictest = other.compareTo(strictest) > 0 ? other : strictest;
        }
        return strictest.wire();
    }

    @Override
    public String example(ObjectNode call, Instant at) {
        return effect(away, CallJson.read(call), at, false).wire();
    }

    private Effect effect(Analyzer analyzer, ToolCall call, Instant at, boolean pastWindow) {
        try {
            PolicySnapshot all = files.forCall(call);
            PolicySnapshot snapshot = pastWindow ? all.withoutDefers() : all;
            return Evaluator.evaluate(
                            snapshot, call, analyzer.analyze(call, snapshot.programs()), at)
                    .effect();
        } catch (PolicySource.Unreadable e) {
            // A document may use what only the newer defaults have.
            return Effect.ASK;
        }
    }

    /** Documents that are only read. */
    private record Given(List<Map<String, String>> stored) implements PolicyStore {
        @Override
        public List<Stored> policies() {
            return stored.stream()
                    .map(one ->
                            new Stored(
                                    Level.of(text(one, "level")).orElseThrow(),
                                    text(one, "of"),
                                    text(one, "name"),
                                    text(one, "file"),
                                    text(one, "text"),
                                    "",
                                    Instant.EPOCH))
                    .toList();
        }

        private static String text(Map<String, String> one, String key) {
            return one.getOrDefault(key, "");
        }

        @Override
        public void put(Stored document, AuditRecord event) {
            throw new UnsupportedOperationException("only read (this is a bug)");
        }

        @Override
        public void remove(Stored document, AuditRecord event) {
            throw new UnsupportedOperationException("only read (this is a bug)");
        }
    }
}
