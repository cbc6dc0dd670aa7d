package dev.countersign.policy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which of the rules of one document that match an operation silence which others, so that one can
 * try what speaks without some of them. Who is an exception to whom is looked up once.
 */
final class Silencing {
    private final List<Spoken> matching;

    /** For each rule the rules that are exceptions to it. */
    private final List<BitSet> exceptions = new ArrayList<>();

    private final BitSet left = new BitSet();

    /** What speaks of those that are left, until one is dropped or put back. */
    private List<Spoken> speaking;

    Silencing(List<Spoken> matching, Subjected operation) {
        this.matching = matching;
        for (Spoken wide : matching) {
            BitSet those = new BitSet();
            boolean compared = matching.size() <= RuleSet.MOST_COMPARED;
            for (int i = 0; compared && i < matching.size(); i++) {
                if (RuleSet.excepts(matching.get(i).rule(), wide.rule(), operation)) {
                    those.set(i);
                }
            }
            exceptions.add(those);
        }
        left.set(0, matching.size());
        speaking = find();
    }

    Spoken rule(int place) {
        return matching.get(place);
    }

    /** The places of the rules that speak and silence others. */
    int[] excepting() {
        BitSet all = new BitSet();
        exceptions.forEach(all::or);
        BitSet silenced = silenced();
        all.andNot(silenced);
        return all.stream().toArray();
    }

    void drop(int place) {
        left.clear(place);
        speaking = find();
    }

    void put(int place) {
        left.set(place);
        speaking = find();
    }

    List<Spoken> speaking() {
        return speaking;
    }

    private List<Spoken> find() {
        BitSet places = (BitSet) left.clone();
        places.andNot(silenced());
        return places.stream().mapToObj(matching::get).toList();
    }

    /** Only a rule that speaks itself silences another; being narrower has no cycles. */
    private BitSet silenced() {
        BitSet known = new BitSet();
        BitSet silenced = new BitSet();
        for (int place = left.nextSetBit(0); place >= 0; place = left.nextSetBit(place + 1)) {
            settle(place, known, silenced);
        }
        return silenced;
    }

    private boolean settle(int place, BitSet known, BitSet silenced) {
        if (known.get(place)) {
            return silenced.get(place);
        }
        known.set(place);
        BitSet those = exceptions.get(place);
        for (int other = those.nextSetBit(0); other >= 0; other = those.nextSetBit(other + 1)) {
            if (left.get(other) && !settle(other, known, silenced)) {
                silenced.set(place);
                return true;
            }
        }
        return false;
    }
}
