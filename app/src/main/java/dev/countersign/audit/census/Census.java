package dev.countersign.audit.census;

import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.AuditQuery.Written;
import java.lang.ref.SoftReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the records of a ledger by what is in no body: a dozen bytes a record, so that a million
 * of them are counted by any filter within milliseconds, and whoever writes does nothing for it.
 * Nothing is counted before somebody looks. Then the newest come first, the older ones follow, and
 * whoever looks meanwhile is told how far it got; where memory is scarce it is all let go.
 */
public final class Census {
    private static final System.Logger LOG = System.getLogger(Census.class.getName());

    private static final int MOST_RECORDS = 2_000_000;
    private static final int MOST_FORMS = 200_000;
    private static final int PART = 2_000;

    /** Whoever is further behind begins anew with the newest. */
    private static final int FAR_BEHIND = 20_000;

    private static final Duration PATIENCE = Duration.ofMillis(40);

    private final AuditQuery audit;
    private final ReentrantLock filling = new ReentrantLock(true);
    private SoftReference<State> kept = new SoftReference<>(null);
    private boolean following;

    public Census(AuditQuery audit) {
        this.audit = audit;
    }

    /** What is being counted; only for who holds the lock. */
    private static final class State {
        private final List<Counted.Run> runs = new ArrayList<>();
        private final Map<Form, Integer> forms = new HashMap<>();
        private final List<Form> formList = new ArrayList<>();
        private final Map<String, Integer> sessions = new HashMap<>();
        private final List<String> sessionList = new ArrayList<>();
        private final Map<String, String> words = new HashMap<>();
        private Form[] formArray = new Form[0];
        private String[] sessionArray = new String[0];
        private long next;
        private long low = Long.MAX_VALUE;
        private boolean whole;
        private boolean full;

        /** Puts records in, oldest first. */
        Counted.Run run(List<Written> written) {
            int size = written.size();
            Counted.Run run =
                    new Counted.Run(
                            written.getFirst().index(),
                            new long[size],
                            new int[size],
                            new int[size]);
            for (int i = 0; i < size; i++) {
                Form.Counted each = Form.read(written.get(i).text());
                run.at()[i] = each.at();
                run.form()[i] = number(each.form());
                run.session()[i] = session(each.session());
            }
            return run;
        }

        private int number(Form form) {
            Integer known = forms.get(form);
            if (known != null) {
                return known;
            }
            Form thrifty = thrifty(form);
            forms.put(thrifty, formList.size());
            formList.add(thrifty);
            return formList.size() - 1;
        }

        /** With each word kept once. */
        private Form thrifty(Form form) {
            return new Form(
                    word(form.kind()),
                    word(form.effect()),
                    word(form.risk()),
                    word(form.decider()),
                    word(form.client()),
                    word(form.tool()),
                    word(form.agent()),
                    word(form.person()),
                    word(form.project()),
                    form.teams().stream().map(this::word).toList(),
                    form.actions().stream().map(this::word).toList(),
                    form.rules().stream().map(this::word).toList());
        }

        private String word(String word) {
            String known = words.putIfAbsent(word, word);
            return known == null ? word : known;
        }

        private int session(String name) {
            Integer known = sessions.putIfAbsent(name, sessionList.size());
            if (known != null) {
                return known;
            }
            sessionList.add(name);
            return sessionList.size() - 1;
        }

        /** Small runs become one, so that there are never many. */
        void append(Counted.Run run) {
            Counted.Run last = runs.isEmpty() ? null : runs.getLast();
            if (last == null || last.at().length + run.at().length > PART) {
                runs.add(run);
            } else {
                runs.removeLast();
                runs.add(
                        new Counted.Run(
                                last.first(),
                                joined(last.at(), run.at()),
                                joined(last.form(), run.form()),
                                joined(last.session(), run.session())));
            }
            next = run.end();
        }

        private static long[] joined(long[] one, long[] other) {
            long[] both = Arrays.copyOf(one, one.length + other.length);
            System.arraycopy(other, 0, both, one.length, other.length);
            return both;
        }

        private static int[] joined(int[] one, int[] other) {
            int[] both = Arrays.copyOf(one, one.length + other.length);
            System.arraycopy(other, 0, both, one.length, other.length);
            return both;
        }

        Counted counted(long first) {
            if (formArray.length != formList.size()) {
                formArray = formList.toArray(Form[]::new);
            }
            if (sessionArray.length != sessionList.size()) {
                sessionArray = sessionList.toArray(String[]::new);
            }
            return new Counted(
                    runs.stream().filter(run -> run.end() > first).toList(),
                    formArray,
                    sessionArray,
                    whole,
                    !whole && !full,
                    Math.max(first, runs.isEmpty() ? first : low));
        }
    }

    /** All that was counted by now, the newest record included. */
    public Counted look() {
        long from = System.nanoTime();
        // What was taken out meanwhile is in no count; a run is let go as a whole.
        long first = audit.pruned().first();
        filling.lock();
        try {
            State state = kept.get();
            if (state == null || !forward(state)) {
                state = new State();
                kept = new SoftReference<>(state);
            }
            while (!state.whole && !state.full && System.nanoTime() - from < PATIENCE.toNanos()) {
                backward(state);
            }
            if (!state.whole && !state.full) {
                follow();
            }
            return state.counted(first);
        } finally {
            filling.unlock();
        }
    }

    /** False where it is too far behind. */
    private boolean forward(State state) {
        List<Written> news = new ArrayList<>();
        long before = Long.MAX_VALUE;
        while (before > state.next) {
            List<Written> part = audit.written(state.next, before, PART);
            news.addAll(part);
            if (part.size() < PART) {
                break;
            }
            before = part.getLast().index();
            if (news.size() > FAR_BEHIND) {
                return false;
            }
        }
        if (!news.isEmpty()) {
            for (int to = news.size(); to > 0; to -= PART) {
                state.append(state.run(news.subList(Math.max(0, to - PART), to).reversed()));
            }
            state.low = Math.min(state.low, state.runs.getFirst().first());
        }
        return true;
    }

    /** Counts some records that are older than all before. */
    private void backward(State state) {
        List<Written> part = audit.written(0, state.low, PART);
        if (!part.isEmpty()) {
            Counted.Run run = state.run(part.reversed());
            state.runs.addFirst(run);
            state.low = run.first();
            state.next = Math.max(state.next, run.end());
        }
        state.whole = part.size() < PART;
        state.full = state.next - state.low >= MOST_RECORDS || state.formList.size() >= MOST_FORMS;
    }

    /** Goes on with the older ones, in steps so short that nobody who looks waits for long. */
    private void follow() {
        if (!following) {
            following = true;
            Thread.ofPlatform().name("census").daemon(true).start(this::followed);
        }
    }

    private void followed() {
        try {
            while (step()) {
                // and on
            }
        } catch (RuntimeException e) {
            // The database is closed or gone; whoever looks next begins here again.
            LOG.log(System.Logger.Level.DEBUG, "records are not counted any further", e);
        } finally {
            ended();
        }
    }

    private void ended() {
        filling.lock();
        try {
            following = false;
        } finally {
            filling.unlock();
        }
    }

    private boolean step() {
        filling.lock();
        try {
            State state = kept.get();
            if (state == null || state.whole || state.full) {
                return false;
            }
            backward(state);
            return true;
        } finally {
            filling.unlock();
        }
    }

    /**
     * Records that were looked for.
     *
     * @param records the newest first
     * @param next where older ones go on, or -1 where there are none
     * @param looked how many were opened to find them, 0 where none had to be
     * @param early whether the search ended before it found as many as it may
     */
    public record Found(List<Recorded> records, long next, long looked, boolean early) {}

    /**
     * Looks for records; where they must be opened to be judged, for so long only.
     *
     * @param filters values by the names of {@link dev.countersign.audit.AuditFilters}
     * @param sessions whether what clients tell of their sessions is wanted, too
     * @throws IllegalArgumentException when there is no such filter, or its value is none
     */
    public Found find(
            Counted counted,
            Map<String, String> filters,
            boolean sessions,
            long before,
            int limit,
            Duration most) {
        Map<String, String> stored = audit.stored(filters);
        Choice choice = Choice.of(stored, sessions);
        boolean opens = filters.containsKey("q") || filters.containsKey("event");
        boolean keyed = filters.containsKey("call") || filters.containsKey("decision");
        if (keyed) {
            List<Recorded> found = audit.list(filters, before, limit + 1);
            return page(found, limit, 0);
        }
        if (!opens) {
            return page(
                    audit.of(counted.newest(choice.before(before), limit + 1), filters), limit, 0);
        }
        long from = System.nanoTime();
        List<Recorded> found = new ArrayList<>();
        long at = before;
        long looked = 0;
        while (found.size() <= limit) {
            List<Long> some = counted.newest(choice.before(at), 100);
            if (some.isEmpty()) {
                return page(found, limit, looked);
            }
            found.addAll(audit.of(some, filters));
            looked += some.size();
            at = some.getLast();
            if (System.nanoTime() - from > most.toNanos() && found.size() <= limit) {
                return new Found(List.copyOf(found), at, looked, true);
            }
        }
        return page(found, limit, looked);
    }

    private static Found page(List<Recorded> found, int limit, long looked) {
        boolean more = found.size() > limit;
        List<Recorded> shown = more ? found.subList(0, limit) : found;
        return new Found(List.copyOf(shown), more ? shown.getLast().index() : -1, looked, false);
    }
}
