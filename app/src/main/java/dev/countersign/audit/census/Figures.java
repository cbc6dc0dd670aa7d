package dev.countersign.audit.census;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How many records of which form there are in a stretch of time.
 *
 * @param total how many were chosen
 * @param slots the time in stretches
 * @param answered how many in each slot; what is not there is none
 * @param forms how many of each form, whatever the filters by form
 */
public record Figures(
        long total, Slots slots, List<Map<Answered, Integer>> answered, List<Many> forms) {

    public Figures {
        answered = List.copyOf(answered);
        forms = List.copyOf(forms);
    }

    /** So many records of one form. */
    public record Many(Form form, int count) {}

    /** A value and how many records have it. */
    public record Value(String name, long count) {}

    /**
     * The values records have under some names, the most frequent first. A filter by that very name
     * does not count, so that the others can be changed to.
     */
    public Map<String, List<Value>> values(Set<String> names, Choice choice) {
        Map<String, Map<String, long[]>> counts = new LinkedHashMap<>();
        names.forEach(name -> counts.put(name, new HashMap<>()));
        for (Many each : forms) {
            List<String> against = choice.against(each.form());
            if (against.size() > 1) {
                continue;
            }
            counts.forEach((name, values) -> {
                if (against.isEmpty() || against.getFirst().equals(name)) {
                    for (String value : each.form().values(name)) {
                        values.computeIfAbsent(value, _ -> new long[1])[0] += each.count();
                    }
                }
            });
        }
        Map<String, List<Value>> ordered = new LinkedHashMap<>();
        counts.forEach((name, values) -> ordered.put(name, ordered(values)));
        return ordered;
    }

    private static List<Value> ordered(Map<String, long[]> values) {
        return values.entrySet().stream()
                .map(each -> new Value(each.getKey(), each.getValue()[0]))
                .sorted(
                        Comparator.comparingLong(Value::count)
                                .reversed()
                                .thenComparing(Value::name))
                .toList();
    }

    /** How many were answered so in all. */
    public long sum(Answered how) {
        return answered.stream().mapToLong(slot -> slot.getOrDefault(how, 0)).sum();
    }
}
