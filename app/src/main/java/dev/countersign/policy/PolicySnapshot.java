package dev.countersign.policy;

import dev.countersign.analysis.UserPrograms;
import dev.countersign.call.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The documents in force for one call, immutable and made ready to decide. The floor and the
 * built-in defaults are not among the documents.
 */
public final class PolicySnapshot {
    private static final int MOST_VIEWS = 1_000;

    private final List<Policy> documents;
    private final String version;
    private final Standing standing;
    private final List<RuleSet> ruleSets;
    private final UserPrograms programs;
    private final boolean scoped;
    private final ConcurrentHashMap<List<Scope.Answer>, PolicySnapshot> applying =
            new ConcurrentHashMap<>();

    /**
     * A snapshot under a version of the caller's.
     *
     * @param documents every applicable document
     * @param version {@code sha256:…} over the content of all of them and the version of the
     *     built-in defaults
     */
    public PolicySnapshot(List<Policy> documents, String version) {
        this.documents = List.copyOf(documents);
        this.version = version;
        this.standing = Standing.of(this.documents);
        this.ruleSets = this.documents.stream().map(RuleSet::of).toList();
        this.programs = programs(this.documents);
        this.scoped = this.documents.stream().anyMatch(d -> !d.scope().everything());
    }

    /**
     * The documents that apply to a call. One of which that cannot be known counts as if nobody had
     * accepted it: it restricts and does nothing else.
     */
    public PolicySnapshot applyingTo(ToolCall call) {
        if (!scoped) {
            return this;
        }
        List<Scope.Answer> answers = new ArrayList<>(documents.size());
        for (Policy document : documents) {
            answers.add(document.scope().of(call));
        }
        PolicySnapshot known = applying.get(answers);
        if (known == null) {
            List<Policy> those = new ArrayList<>();
            for (int i = 0; i < documents.size(); i++) {
                Policy document = documents.get(i);
                switch (answers.get(i)) {
                    case NO -> {}
                    case PERHAPS -> those.add(document.everywhere().withTrust(false));
                    case YES -> those.add(document.everywhere());
                }
            }
            known = new PolicySnapshot(those, version);
            if (applying.size() < MOST_VIEWS) {
                applying.put(List.copyOf(answers), known);
            }
        }
        return known;
    }

    /** The documents with the version their contents give. */
    public static PolicySnapshot of(List<Policy> documents) {
        StringBuilder contents = new StringBuilder(Defaults.BUILT_IN.version());
        for (Policy document : documents) {
            contents.append('\n')
                    .append(document.level().wire())
                    .append(' ')
                    .append(document.name())
                    .append(' ')
                    .append(document.trusted())
                    .append(' ')
                    .append(document.hash());
        }
        return new PolicySnapshot(documents, Hash.of(contents.toString()));
    }

    public List<Policy> documents() {
        return documents;
    }

    public String version() {
        return version;
    }

    /** What untrusted documents would put in force, each line with its place. */
    public List<String> waiting() {
        return documents.stream().flatMap(document -> document.waiting().stream()).toList();
    }

    /** The programs the documents describe, for the analyser. */
    public UserPrograms programs() {
        return programs;
    }

    private static UserPrograms programs(List<Policy> documents) {
        List<UserPrograms.Described> described = new ArrayList<>();
        for (Policy document : documents) {
            for (Policy.ProgramEntry entry : document.programs()) {
                described.add(new UserPrograms.Described(entry.program(), document.trusted()));
            }
        }
        return described.isEmpty() ? UserPrograms.NONE : new UserPrograms(described);
    }

    Standing standing() {
        return standing;
    }

    List<RuleSet> ruleSets() {
        return ruleSets;
    }
}
