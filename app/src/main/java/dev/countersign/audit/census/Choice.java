package dev.countersign.audit.census;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which records are counted.
 *
 * @param forms values by the names of {@link Form#NAMES}
 * @param session the client's session, or empty for all
 * @param from at or after this time, in microseconds since 1970
 * @param to before this time
 * @param before with a smaller index
 * @param sessions whether what clients tell of their sessions counts, too
 */
public record Choice(
        Map<String, String> forms,
        String session,
        long from,
        long to,
        long before,
        boolean sessions) {

    /** Stands for more filters than one. */
    private static final List<String> ALL = List.of("", "");

    public Choice {
        forms = Map.copyOf(forms);
    }

    /** Of filters what needs no body to be judged. */
    public static Choice of(Map<String, String> filters, boolean sessions) {
        Map<String, String> forms = new TreeMap<>(filters);
        forms.keySet().retainAll(Form.NAMES);
        return new Choice(
                forms,
                filters.getOrDefault("session", ""),
                time(filters.get("from"), Long.MIN_VALUE),
                time(filters.get("to"), Long.MAX_VALUE),
                Long.MAX_VALUE,
                sessions);
    }

    /** Only those with a smaller index. */
    public Choice before(long index) {
        return new Choice(forms, session, from, to, index, sessions);
    }

    /** Whether records of this form are chosen, whenever and wherever they were made. */
    boolean form(Form form) {
        return against(form).isEmpty();
    }

    /** The names of the filters that do not choose records of this form, two of them at most. */
    List<String> against(Form form) {
        if (!sessions && form.kind().equals("session")) {
            return ALL;
        }
        String first = "";
        for (Map.Entry<String, String> each : forms.entrySet()) {
            if (!form.is(each.getKey(), each.getValue())) {
                if (!first.isEmpty()) {
                    return ALL;
                }
                first = each.getKey();
            }
        }
        return first.isEmpty() ? List.of() : List.of(first);
    }

    boolean during(long at) {
        return at >= from && at < to;
    }

    private static long time(@Nullable String written, long otherwise) {
        return written == null
                ? otherwise
                : ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(written));
    }
}
