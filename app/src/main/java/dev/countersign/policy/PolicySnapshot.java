package dev.countersign.policy;

import dev.countersign.analysis.UserPrograms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The documents in force for one call, immutable and made ready to decide. The floor and the
 * built-in defaults are not among the documents.
 */
public final class PolicySnapshot {
    private final List<Policy> documents;
    private final String version;
    private final Standing standing;
    private final List<Compiled> compiled;
    private final UserPrograms programs;

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
        this.compiled = this.documents.stream().map(Compiled::of).toList();
        this.programs = programs(this.documents);
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

    List<Compiled> compiled() {
        return compiled;
    }

    /**
     * A document with its rules related to each other.
     *
     * @param policy the document
     * @param title how explanations call it
     * @param rules those that count
     * @param narrower for each rule the places of its exceptions, or null for none
     */
    record Compiled(Policy policy, String title, List<Rule> rules, List<Optional<int[]>> narrower) {

        static Compiled of(Policy policy) {
            List<Rule> rules =
                    policy.trusted()
                            ? policy.rules()
                            : policy.rules().stream()
                                    .filter(rule -> rule.effect() != Effect.ALLOW)
                                    .toList();
            List<Optional<int[]>> narrower = new ArrayList<>(rules.size());
            for (Rule wide : rules) {
                List<Integer> places = new ArrayList<>();
                for (int i = 0; i < rules.size(); i++) {
                    if (rules.get(i).selector().narrows(wide.selector(), wide.time() != null)) {
                        places.add(i);
                    }
                }
                narrower.add(
                        places.isEmpty()
                                ? Optional.empty()
                                : Optional.of(
                                        places.stream().mapToInt(Integer::intValue).toArray()));
            }
            return new Compiled(policy, policy.title(), List.copyOf(rules), narrower);
        }

        /** The rules that speak about an operation: matching, and silenced by no exception. */
        List<Rule> speaking(Subjected operation, Instant now) {
            boolean @Nullable [] matched = null;
            for (int i = 0; i < rules.size(); i++) {
                Rule rule = rules.get(i);
                if (rule.speaks(now) && rule.matches(operation)) {
                    if (matched == null) {
                        matched = new boolean[rules.size()];
                    }
                    matched[i] = true;
                }
            }
            if (matched == null) {
                return List.of();
            }
            List<Rule> speaking = new ArrayList<>(4);
            byte[] known = new byte[matched.length];
            for (int i = 0; i < matched.length; i++) {
                if (matched[i] && !silenced(i, matched, known, operation)) {
                    speaking.add(rules.get(i));
                }
            }
            return speaking;
        }

        /** Only a rule that speaks itself silences another; being narrower has no cycles. */
        private boolean silenced(int place, boolean[] matched, byte[] known, Subjected operation) {
            if (known[place] == 0) {
                known[place] = 1;
                for (int exception : narrower.get(place).orElse(NONE)) {
                    if (matched[exception]
                            && rules.get(exception).silences(rules.get(place), operation)
                            && !silenced(exception, matched, known, operation)) {
                        known[place] = 2;
                        break;
                    }
                }
            }
            return known[place] == 2;
        }

        private static final int[] NONE = {};
    }
}
