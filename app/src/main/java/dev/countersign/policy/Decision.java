package dev.countersign.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What policy says of a call, each answer with only its own data. */
public sealed interface Decision {

    /** One sentence: what and why, without a final full stop. */
    String reason();

    Explanation explanation();

    default Effect effect() {
        return switch (this) {
            case Allow _ -> Effect.ALLOW;
            case Ask _ -> Effect.ASK;
            case Defer _ -> Effect.DEFER;
            case Deny _ -> Effect.DENY;
        };
    }

    /** The call may run. */
    record Allow(String reason, Explanation explanation) implements Decision {}

    /**
     * People decide.
     *
     * @param requirements all must be met; empty means the driver or the owners
     * @param expires how long the question stands when a rule says so
     * @param unanswered what becomes of it then
     */
    record Ask(
            String reason,
            Explanation explanation,
            List<Requirement> requirements,
            Optional<Duration> expires,
            Unanswered unanswered)
            implements Decision {
        public Ask {
            requirements = List.copyOf(requirements);
        }
    }

    /**
     * Not now.
     *
     * @param until when it is decided again
     * @param requirements who could approve it, so who may let it run before; empty means the
     *     driver or the owners
     */
    record Defer(
            String reason, Explanation explanation, Instant until, List<Requirement> requirements)
            implements Decision {
        public Defer {
            requirements = List.copyOf(requirements);
        }
    }

    /** The call must not run; the explanation says what would be allowed instead. */
    record Deny(String reason, Explanation explanation) implements Decision {}
}
