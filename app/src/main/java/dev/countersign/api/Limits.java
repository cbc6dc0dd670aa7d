package dev.countersign.api;

import dev.countersign.people.Pace;
import dev.countersign.people.Principal;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * How much one caller may do in a while. Far above what people do, so that a program that goes wild
 * is slowed down and not the server; agents' questions have a limit of their own, which denies.
 */
public final class Limits {
    private static final int VOTES = 2_000;
    private static final Duration VOTE = Duration.ofMillis(20);
    private static final int READINGS = 2_000;
    private static final Duration READING = Duration.ofMillis(20);

    private static final Set<Route> VOTING =
            EnumSet.of(
                    Route.VOTE,
                    Route.VOTES,
                    Route.PASS,
                    Route.ACKNOWLEDGE,
                    Route.DEFERRED_APPROVE,
                    Route.DEFERRED_RELEASE,
                    Route.DEFERRED_CANCEL);

    /** What goes through many records or policies. */
    private static final Set<Route> COSTLY =
            EnumSet.of(
                    Route.AUDIT,
                    Route.EXPORT,
                    Route.REPORT,
                    Route.ARCHIVES,
                    Route.ARCHIVE,
                    Route.EXPLAIN,
                    Route.PREVIEW,
                    Route.ORGANISATION,
                    Route.POLICY_EFFECTIVE,
                    Route.POLICY_HISTORY,
                    Route.POLICY_TRY);

    private static final System.Logger LOG = System.getLogger(Limits.class.getName());

    /** Of one caller; who goes on and on fills no disk. */
    private static final int REFUSALS = 20;

    private static final Duration REFUSAL = Duration.ofMinutes(1);

    private final Pace refusals;
    private final Pace votes;
    private final Pace readings;

    public Limits(Clock clock) {
        refusals = new Pace(REFUSALS, REFUSAL, clock);
        votes = new Pace(VOTES, VOTE, clock);
        readings = new Pace(READINGS, READING, clock);
    }

    void count(Route route, Principal principal) {
        if (VOTING.contains(route)) {
            vote(principal);
        } else if (COSTLY.contains(route)) {
            reading(principal);
        }
    }

    /**
     * Counts an answer.
     *
     * @throws Problem where there are too many
     */
    public void vote(Principal principal) {
        require(votes.enter(principal.name()), "answers");
    }

    /**
     * Counts a look at much.
     *
     * @throws Problem where there are too many
     */
    public void reading(Principal principal) {
        require(readings.enter(principal.name()), "readings");
    }

    /** Says in the server's log what somebody may not. */
    public void refused(Principal principal, String what, Problem problem) {
        if (problem.kind() == Problem.Kind.FORBIDDEN && refusals.enter(principal.name()).isZero()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "refused to {0}: {1}: {2}",
                    principal.name(),
                    what,
                    problem.detail());
        }
    }

    private static void require(Duration wait, String what) {
        if (!wait.isZero()) {
            throw Problem.tooMany("too many " + what + " at once", wait);
        }
    }
}
