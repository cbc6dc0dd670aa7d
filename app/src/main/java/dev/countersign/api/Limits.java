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
    private static final int VOTES = 120;
    private static final Duration VOTE = Duration.ofMillis(500);
    private static final int READINGS = 240;
    private static final Duration READING = Duration.ofMillis(250);

    private static final Set<Route> VOTING =
            EnumSet.of(
                    Route.VOTE,
                    Route.VOTES,
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
                    Route.POLICY_EFFECTIVE);

    private final Pace votes;
    private final Pace readings;

    public Limits(Clock clock) {
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

    private static void require(Duration wait, String what) {
        if (!wait.isZero()) {
            throw Problem.tooMany("too many " + what + " at once", wait);
        }
    }
}
