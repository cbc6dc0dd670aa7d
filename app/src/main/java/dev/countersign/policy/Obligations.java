package dev.countersign.policy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What must be done besides deciding; of several rules that speak, all of it.
 *
 * @param full whether input and output are kept whole
 * @param told who is told: e-mails, {@code role:NAME}, {@code role:NAME@TEAM}, {@code team:NAME}
 * @param redact fields of the input, or {@code output}, whose content is not kept
 */
public record Obligations(boolean full, List<String> told, List<String> redact) {
    /** Nothing besides what is always done. */
    public static final Obligations NONE = new Obligations(false, List.of(), List.of());

    public Obligations {
        told = List.copyOf(told);
        redact = List.copyOf(redact);
    }

    public boolean isEmpty() {
        return !full && told.isEmpty() && redact.isEmpty();
    }

    Obligations and(Obligations other) {
        if (other.isEmpty()) {
            return this;
        }
        return isEmpty()
                ? other
                : new Obligations(
                        full || other.full, union(told, other.told), union(redact, other.redact));
    }

    private static List<String> union(List<String> one, List<String> other) {
        Set<String> all = new LinkedHashSet<>(one);
        all.addAll(other);
        return new ArrayList<>(all);
    }
}
