package dev.countersign.audit.census;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How many records of which form there are in a stretch of time.
 *
 * @param total how many were chosen
 * @param slots the time in stretches
 * @param answered how many in each slot; what is not there is none
 * @param forms how many of each form, whatever the filters by form
 */
public record Figures(
        long total, Slots slots, List<Map<Answered, Integer>> answered, Map<Form, Integer> forms) {

    /** A value and how many records have it. */
    public record Value(String name, long count) {}

    /**
     * The values records have under a name, the most frequent first. The filter by that very name
     * does not count, so that the others can be changed to.
     */
    public List<Value> values(String name, Choice choice) {
        return values(name, choice.without(name).form());
    }

    /** The same of the forms that are chosen so. */
    public List<Value> values(String name, Predicate<Form> chosen) {
        Map<String, Long> counts = new HashMap<>();
        forms.forEach((form, count) -> {
            if (chosen.test(form)) {
                for (String value : form.values(name)) {
                    counts.merge(value, (long) count, Long::sum);
                }
            }
        });
        return counts.entrySet().stream()
                .map(each -> new Value(each.getKey(), each.getValue()))
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
