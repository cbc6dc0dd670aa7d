package dev.countersign.policy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One opinion of a document.
 *
 * @param name the named rule or template it comes from, or null for one of the document's own
 * @param effect what it says
 * @param selector about what
 * @param at where it stands
 * @param reason why, in the author's words, or null
 * @param people who must say yes when it asks
 * @param expires how long its question stands, or null for the default
 * @param unanswered what becomes of its question then
 * @param time when it speaks, or null for always
 * @param until when a deferred call is decided again, or null to follow the window; of a question
 *     that is put off when nobody answers, never null
 * @param obligations what must be done when it speaks
 */
public record Rule(
        @Nullable String name,
        Effect effect,
        Selector selector,
        Position at,
        @Nullable String reason,
        People people,
        @Nullable Duration expires,
        Unanswered.Then unanswered,
        @Nullable Time time,
        @Nullable Until until,
        Obligations obligations) {

    /**
     * Who must say yes.
     *
     * @param approvers as in {@link Requirement#approvers}
     * @param quorum how many
     * @param notRequester whether the driver does not count
     * @param escalations who may answer in their place later
     */
    public record People(
            List<String> approvers,
            Requirement.Quorum quorum,
            boolean notRequester,
            List<Escalation> escalations) {
        static final People NOBODY_NAMED =
                new People(List.of(), new Requirement.Quorum.Any(), false, List.of());

        public People {
            approvers = List.copyOf(approvers);
            escalations = List.copyOf(escalations);
        }

        boolean demands() {
            return !equals(NOBODY_NAMED);
        }
    }

    /**
     * A window, or the time outside it.
     *
     * @param window the window
     * @param outside whether the rule speaks while it is closed
     */
    record Time(Window window, boolean outside) {
        boolean speaks(Instant now) {
            return window.open(now) != outside;
        }

        /** When it stops speaking, if it speaks now; empty when that is farther than a year. */
        Optional<Instant> changes(Instant now) {
            return outside ? window.opening(now) : window.closing(now);
        }
    }

    /**
     * A time of day in a zone.
     *
     * @param time the time
     * @param zone the zone
     */
    public record Until(LocalTime time, ZoneId zone) {}

    /** What becomes of its question when nobody answers. */
    Unanswered whenUnanswered() {
        return new Unanswered(
                unanswered,
                unanswered == Unanswered.Then.DEFER && until != null ? List.of(until) : List.of());
    }

    /** {@code effect selector}, as it is shown. */
    public String text() {
        return effect.wire() + " " + selector.text();
    }

    /** The same under the name of the definition it comes from, where that is used. */
    Rule named(String definition, Position use) {
        return new Rule(
                definition,
                effect,
                selector,
                use,
                reason,
                people,
                expires,
                unanswered,
                time,
                until,
                obligations);
    }

    /** The name people gave it, or else its text. */
    public String title() {
        return name == null ? text() : name;
    }

    boolean speaks(Instant now) {
        return time == null || time.speaks(now);
    }

    /** Whether it is narrower than another of its document, and so an exception to it. */
    public boolean isExceptionTo(Rule wide) {
        return selector.narrows(wide.selector, wide.time != null);
    }

    boolean matches(Subjected operation) {
        return effect == Effect.ALLOW ? selector.covers(operation) : selector.touches(operation);
    }

    /**
     * Whether this rule silences {@code other} of the same document on {@code operation}. One that
     * loosens must surely mean the operation, not just perhaps. Allows never silence each other.
     */
    boolean silences(Rule other, Subjected operation) {
        if (effect == Effect.ALLOW && other.effect == Effect.ALLOW) {
            return false;
        }
        return effect.compareTo(other.effect) > 0 || selector.covers(operation);
    }

    /** When a call deferred now is decided again. */
    Instant again(Instant now) {
        if (until != null) {
            return Window.next(until.time(), until.zone(), now);
        }
        Optional<Instant> change = time == null ? Optional.empty() : time.changes(now);
        return change.orElse(now.plus(Duration.ofDays(1)));
    }
}
