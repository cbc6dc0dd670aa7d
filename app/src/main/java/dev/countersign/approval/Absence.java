package dev.countersign.approval;

import dev.countersign.policy.Unanswered;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What time does to a question while people are away.
 *
 * @param then what becomes of it when its time is over
 * @param again when its call is decided again, where it is put off then; else null
 * @param notices what time has done to it so far, in that order
 */
public record Absence(Unanswered.Then then, @Nullable Instant again, List<Notice> notices) {
    /** It expires. */
    public static final Absence EXPIRES = new Absence(Unanswered.Then.EXPIRE, null, List.of());

    /** Names the notice that nobody answered in time. */
    static final String OVERDUE = "overdue";

    /** Begins the name of a notice that somebody was asked by name; their e-mail follows. */
    public static final String PASSED = "passed ";

    public Absence {
        notices = List.copyOf(notices);
        if ((then == Unanswered.Then.DEFER) != (again != null)) {
            throw new IllegalArgumentException(then + " until " + again);
        }
    }

    /**
     * Something time did, or somebody who asked another to answer. Nobody reads the question anew
     * for it.
     *
     * @param of what it is about: each is said once
     * @param version the version of the request that it made
     * @param text what happened, in words for people
     * @param at when
     */
    public record Notice(String of, int version, String text, Instant at) {}

    /**
     * Of a question as policy put it.
     *
     * @param expires when its time is over
     */
    public static Absence of(Unanswered unanswered, Instant expires) {
        return new Absence(
                unanswered.then(),
                unanswered.then() == Unanswered.Then.DEFER ? unanswered.again(expires) : null,
                List.of());
    }

    /** The same of a question that was put off once: it is not put off again. */
    public Absence notPutOff() {
        return then == Unanswered.Then.DEFER
                ? new Absence(Unanswered.Then.EXPIRE, null, notices)
                : this;
    }

    /** Whether nobody answered in time and that was said. */
    public boolean overdue() {
        return said(OVERDUE);
    }

    boolean said(String of) {
        return notices.stream().anyMatch(notice -> notice.of().equals(of));
    }

    Absence with(Notice notice) {
        List<Notice> more = new ArrayList<>(notices);
        more.add(notice);
        return new Absence(then, again, more);
    }
}
