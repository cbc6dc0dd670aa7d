package dev.countersign.policy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A document with its rules made ready to find those that speak. Safe for several threads. */
final class RuleSet {
    /**
     * How many rules may match one operation before exceptions are no longer looked for: then the
     * strictest wins. Nobody writes so many about one thing, and comparing them all takes time.
     */
    static final int MOST_COMPARED = 200;

    private final Policy policy;
    private final String title;
    private final List<Rule> rules;
    private final RuleIndex index;

    /** Made when a rule speaks first. */
    private final @Nullable Spoken[] spoken;

    private RuleSet(Policy policy, List<Rule> rules) {
        this.policy = policy;
        this.title = policy.title();
        this.rules = rules;
        this.index = RuleIndex.of(rules);
        this.spoken = new Spoken[rules.size()];
    }

    static RuleSet of(Policy policy) {
        return new RuleSet(
                policy,
                policy.trusted()
                        ? policy.rules()
                        : policy.rules().stream()
                                .filter(rule -> rule.effect() != Effect.ALLOW)
                                .toList());
    }

    Policy policy() {
        return policy;
    }

    /** How explanations call the document. */
    String title() {
        return title;
    }

    /** The rules that count. */
    List<Rule> rules() {
        return rules;
    }

    /** The rules that match an operation now, silenced or not, in their order. */
    List<Spoken> matching(Subjected operation, Instant now) {
        List<Spoken> matching = new ArrayList<>();
        for (int place : index.candidates(operation)) {
            Rule rule = rules.get(place);
            if (rule.speaks(now) && rule.matches(operation)) {
                matching.add(spoken(place));
            }
        }
        return matching;
    }

    private Spoken spoken(int place) {
        Spoken known = spoken[place];
        if (known == null) {
            known = new Spoken(this, rules.get(place));
            spoken[place] = known;
        }
        return known;
    }

    /** Whether one rule is an exception to another, on an operation that both match. */
    static boolean excepts(Rule narrow, Rule wide, Subjected operation) {
        return !narrow.equals(wide)
                && narrow.silences(wide, operation)
                && narrow.isExceptionTo(wide);
    }

    /**
     * Adds the rules that speak about an operation: matching, and silenced by no exception.
     *
     * @return whether some rule was silenced
     */
    boolean speaking(Subjected operation, Instant now, List<Spoken> found) {
        int[] candidates = index.candidates(operation);
        int[] matched = null;
        int count = 0;
        for (int place : candidates) {
            Rule rule = rules.get(place);
            if (rule.speaks(now) && rule.matches(operation)) {
                if (matched == null) {
                    matched = new int[candidates.length];
                }
                matched[count++] = place;
            }
        }
        if (matched == null) {
            return false;
        }
        if (count == 1) {
            found.add(spoken(matched[0]));
            return false;
        }
        boolean silent = false;
        byte[] known = new byte[count];
        for (int i = 0; i < count; i++) {
            if (count > MOST_COMPARED || !silenced(i, matched, count, known, operation)) {
                found.add(spoken(matched[i]));
            } else {
                silent = true;
            }
        }
        return silent;
    }

    /**
     * Adds the rules that restrict what an operation may do besides, where they say which file,
     * host or command they mean: of a whole action, a tag or a risk nothing is known.
     */
    void restricting(Subjected perhaps, Instant now, List<Spoken> found) {
        List<Spoken> speaking = new ArrayList<>(1);
        speaking(perhaps, now, speaking);
        for (Spoken one : speaking) {
            boolean restricts =
                    one.rule().effect() != Effect.ALLOW
                            && one.rule().selector().names(perhaps.operation().action());
            if (restricts && !found.contains(one)) {
                found.add(one);
            }
        }
    }

    /** Only a rule that speaks itself silences another; being narrower has no cycles. */
    private boolean silenced(
            int place, int[] matched, int count, byte[] known, Subjected operation) {
        if (known[place] == 0) {
            known[place] = 1;
            Rule rule = rules.get(matched[place]);
            for (int other = 0; other < count; other++) {
                if (excepts(rules.get(matched[other]), rule, operation)
                        && !silenced(other, matched, count, known, operation)) {
                    known[place] = 2;
                    break;
                }
            }
        }
        return known[place] == 2;
    }
}
