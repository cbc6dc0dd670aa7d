package dev.countersign.audit.census;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/** The records that were counted up to one moment, oldest first. It never changes. */
public final class Counted {
    private static final List<Answered> ANSWERS = List.of(Answered.values());

    private final List<Run> runs;
    private final Form[] forms;
    private final String[] sessions;
    private final boolean whole;
    private final boolean going;
    private final long first;

    /**
     * Records that follow each other.
     *
     * @param first the index of the first of them
     */
    @SuppressWarnings("ArrayRecordComponent") // a million of them; nobody compares runs
    record Run(long first, long[] at, int[] form, int[] session) {
        long end() {
            return first + at.length;
        }

        /** How many of them have a smaller index. */
        int below(long index) {
            return Math.clamp(index - first, 0, at.length);
        }
    }

    Counted(
            List<Run> runs,
            Form[] forms,
            String[] sessions,
            boolean whole,
            boolean going,
            long first) {
        this.runs = List.copyOf(runs);
        this.forms = forms;
        this.sessions = sessions;
        this.whole = whole;
        this.going = going;
        this.first = first;
    }

    /** Whether all there is was counted; otherwise only the newest. */
    public boolean whole() {
        return whole;
    }

    /** Whether older ones are being counted. */
    public boolean going() {
        return going;
    }

    /** How many were counted. */
    public long size() {
        return runs.stream().mapToLong(run -> run.at().length).sum();
    }

    /** The index that the next record will have. */
    public long end() {
        return runs.isEmpty() ? 0 : runs.getLast().end();
    }

    /** The time of the oldest, by the order they were written in. */
    public Optional<Instant> since() {
        return runs.isEmpty() ? Optional.empty() : Optional.of(instant(runs.getFirst().at()[0]));
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** Counts what is chosen. */
    public Figures figures(Choice choice, Slots slots) {
        return figures(choice, slots, _ -> true);
    }

    /** Of what is chosen only the records with such indexes. */
    public Figures figures(Choice choice, Slots slots, LongPredicate wanted) {
        boolean[] chosen = chosen(choice);
        int[] answers = answers();
        int[] counts = new int[forms.length];
        int[][] slotted = new int[slots.count()][ANSWERS.size()];
        long begin = slots.fromMicros();
        long width = slots.widthMicros();
        int session = session(choice.session());
        int[] outside = new int[ANSWERS.size()];
        int[] current = outside;
        long slotFrom = begin - width;
        long total = 0;
        for (Run run : runs) {
            int size = run.below(choice.before());
            for (int i = run.below(first); i < size; i++) {
                long at = run.at()[i];
                boolean here = session < 0 || run.session()[i] == session;
                if (!here || !choice.during(at) || !wanted.test(run.first() + i)) {
                    continue;
                }
                int form = run.form()[i];
                counts[form]++;
                if (!chosen[form]) {
                    continue;
                }
                total++;
                if (answers[form] < 0) {
                    continue;
                }
                // Records come in the order of their times but for a few: most are in the same
                // slot.
                if (at < slotFrom || at >= slotFrom + width) {
                    long slot = Math.floorDiv(at - begin, width);
                    current = slot >= 0 && slot < slots.count() ? slotted[(int) slot] : outside;
                    slotFrom = begin + slot * width;
                }
                current[answers[form]]++;
            }
        }
        List<Figures.Many> found = new ArrayList<>();
        for (int form = 0; form < counts.length; form++) {
            if (counts[form] > 0) {
                found.add(new Figures.Many(forms[form], counts[form]));
            }
        }
        return new Figures(
                total, slots, Arrays.stream(slotted).map(Counted::named).toList(), found);
    }

    private static Map<Answered, Integer> named(int[] counts) {
        Map<Answered, Integer> named = new EnumMap<>(Answered.class);
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                named.put(ANSWERS.get(i), counts[i]);
            }
        }
        return named;
    }

    /** The indexes of what is chosen, the newest first. */
    public List<Long> newest(Choice choice, int limit) {
        boolean[] chosen = chosen(choice);
        int session = session(choice.session());
        List<Long> found = new ArrayList<>();
        for (Run run : runs.reversed()) {
            int begin = run.below(first);
            for (int i = run.below(choice.before()) - 1; i >= begin && found.size() < limit; i--) {
                if (chosen[run.form()[i]]
                        && choice.during(run.at()[i])
                        && (session < 0 || run.session()[i] == session)) {
                    found.add(run.first() + i);
                }
            }
        }
        return found;
    }

    /** How many of what is chosen came after a record. */
    public long after(Choice choice, long index) {
        int session = session(choice.session());
        long count = 0;
        for (Run run : runs.reversed()) {
            if (run.end() <= index) {
                break;
            }
            for (int i = run.below(index + 1); i < run.at().length; i++) {
                if (choice.form(forms[run.form()[i]])
                        && choice.during(run.at()[i])
                        && (session < 0 || run.session()[i] == session)) {
                    count++;
                }
            }
        }
        return count;
    }

    /** The index of the oldest record that was counted. */
    public long first() {
        return first;
    }

    private boolean[] chosen(Choice choice) {
        boolean[] chosen = new boolean[forms.length];
        for (int i = 0; i < forms.length; i++) {
            chosen[i] = choice.form(forms[i]);
        }
        return chosen;
    }

    private int[] answers() {
        int[] answers = new int[forms.length];
        for (int i = 0; i < forms.length; i++) {
            answers[i] = Answered.of(forms[i]).map(ANSWERS::indexOf).orElse(-1);
        }
        return answers;
    }

    /** The number of a session, -1 for all, and one that no record has where there is none. */
    private int session(String name) {
        if (name.isEmpty()) {
            return -1;
        }
        for (int i = 0; i < sessions.length; i++) {
            if (sessions[i].equals(name)) {
                return i;
            }
        }
        return Integer.MAX_VALUE;
    }
}
