package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Because;
import dev.countersign.policy.Decider;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Explanation;
import dev.countersign.policy.Judged;
import dev.countersign.policy.PolicySnapshot;
import dev.countersign.policy.Unanswered;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets no newer program allow by itself what the built-in defaults before it did not. The data
 * folder keeps the tables that were accepted last. While those of the program are others, every
 * call is judged with both, and what only the newer ones allow stays as it was, until an owner
 * accepts them.
 */
public final class DefaultsUpgrade {
    private static final System.Logger LOG = System.getLogger(DefaultsUpgrade.class.getName());

    /** How many of the calls that become allowed stand in the log. */
    private static final int MOST_LOGGED = 10;

    private static final Duration STAYS = Duration.ofMinutes(5);

    private final DefaultsStore store;
    private final BuiltIn own;
    private final StoredPolicies stored;
    private final Function<StoredPolicies.State, Function<ToolCall, PolicySnapshot>> snapshots;
    private final Widening widening;
    private final Clock clock;
    private volatile @Nullable Pending pending;

    /**
     * Newer defaults that nobody accepted.
     *
     * @param before the version that is in force
     * @param earlier judges with it
     */
    private record Pending(String before, Earlier earlier) {}

    private @Nullable Known known;
    private long number = -1;

    private record Known(Instant at, long number, Widening.Report report) {}

    /**
     * What waits to be accepted.
     *
     * @param before the version in force
     * @param version the one of this program
     * @param report what it newly allows
     */
    public record Waiting(String before, String version, Widening.Report report) {}

    /** Reads tables of other defaults. */
    public interface Reader {
        /**
         * A judge by these tables.
         *
         * @throws ReflectiveOperationException when they cannot be read
         */
        Earlier read(Map<String, String> tables) throws ReflectiveOperationException;
    }

    /**
     * Wires it; {@link #start} begins.
     *
     * @param own what is built into this program
     * @param snapshots what is in force for a call under documents on the server
     */
    public DefaultsUpgrade(
            DefaultsStore store,
            BuiltIn own,
            StoredPolicies stored,
            Function<StoredPolicies.State, Function<ToolCall, PolicySnapshot>> snapshots,
            Widening widening,
            Clock clock) {
        this.store = store;
        this.own = own;
        this.stored = stored;
        this.snapshots = snapshots;
        this.widening = widening;
        this.clock = clock;
    }

    /**
     * Looks whether this program has other defaults than those in force, and tells everybody, once,
     * when they would newly allow something. When they allow none of the calls that are tried, they
     * are in force at once.
     */
    public void start(Reader reader, Alarms alarms) throws NotRecorded {
        Optional<BuiltIn> accepted = store.accepted();
        if (accepted.isEmpty()) {
            put("the built-in defaults are version " + number(own.version()), null, null);
            return;
        }
        BuiltIn before = accepted.get();
        if (before.tables().equals(own.tables())) {
            return;
        }
        pending = new Pending(before.version(), earlier(reader, before));
        Widening.Report report = report();
        if (report.count() == 0 && report.limits().isEmpty()) {
            put(
                    versions(before.version())
                            + "; none of the calls that were tried becomes allowed",
                    null,
                    report);
            pending = null;
            return;
        }
        // The same text at every start, whatever the records are by then.
        String summary =
                versions(before.version())
                        + "; calls that were tried would become allowed and stay as they were until"
                        + " an owner accepts them: countersign policy defaults";
        StringBuilder text = new StringBuilder(summary).append(" (").append(report.count());
        text.append(" of them)");
        for (Widening.Allowed one :
                report.allowed().subList(0, Math.min(MOST_LOGGED, report.allowed().size()))) {
            text.append("\n  ").append(one.before().wire()).append(" so far: ").append(one.call());
        }
        LOG.log(System.Logger.Level.WARNING, text.toString());
        ObjectNode body = versions(JsonNodeFactory.instance.objectNode(), before.version());
        body.set("newly_allowed", report.json());
        if (!alarms.raised(summary)) {
            alarms.raise(AuditRecord.change("alarm", clock.instant(), null, null, summary, body));
        }
    }

    /** Judges by other defaults; where these cannot be read, everything is asked about. */
    public static Earlier earlier(Reader reader, BuiltIn before) {
        try {
            Earlier earlier = reader.read(before.tables());
            // Most tables are read when they are needed first.
            String _ = earlier.example(Widening.exampleJson("ls"), Instant.EPOCH);
            return new Careful(earlier);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the built-in "
                            + before.version()
                            + " cannot be read by this program; until the new ones are accepted,"
                            + " whatever they allow is asked about",
                    e);
            return new Unknown();
        }
    }

    /** What becomes allowed, when there is something to accept; at most five minutes old. */
    public Optional<Waiting> waiting() {
        Pending now = pending;
        return now == null
                ? Optional.empty()
                : Optional.of(new Waiting(now.before(), own.version(), report()));
    }

    /** In a line for people, when there is something to accept. */
    public Optional<String> problem() {
        Pending now = pending;
        return now == null
                ? Optional.empty()
                : Optional.of(
                        versions(now.before())
                                + "; what only the new ones allow stays as it was until an owner"
                                + " accepts them: countersign policy defaults");
    }

    /** The version in force. */
    public String inForce() {
        Pending now = pending;
        return now == null ? own.version() : now.before();
    }

    /** The version of this program. */
    public String version() {
        return own.version();
    }

    /**
     * Puts the defaults of this program in force.
     *
     * @param person who accepts them
     * @return what that newly allows
     */
    public Widening.Report accept(String person) throws NotRecorded {
        Pending now = pending;
        if (now == null) {
            return Widening.Report.NOTHING;
        }
        Widening.Report report = report();
        put(person + " accepted the built-in " + own.version(), person, report);
        pending = null;
        return report;
    }

    private void put(String summary, @Nullable String person, Widening.@Nullable Report report)
            throws NotRecorded {
        ObjectNode body = versions(JsonNodeFactory.instance.objectNode(), inForce());
        if (report != null) {
            body.set("newly_allowed", report.json());
        }
        Instant now = clock.instant();
        store.accept(own, now, AuditRecord.change("policy", now, person, null, summary, body));
    }

    private String versions(String before) {
        return "the built-in defaults changed from version "
                + number(before)
                + " to "
                + number(own.version());
    }

    private ObjectNode versions(ObjectNode json, String before) {
        return json.put("before", before).put("version", own.version());
    }

    private static String number(String version) {
        return version.substring(version.indexOf(' ') + 1);
    }

    private synchronized Widening.Report report() {
        Pending now = pending;
        if (now == null) {
            return Widening.Report.NOTHING;
        }
        StoredPolicies.State state = stored.now();
        Instant at = clock.instant();
        Known last = known;
        if (last == null || last.number() != state.number() || last.at().plus(STAYS).isBefore(at)) {
            last =
                    new Known(
                            at,
                            state.number(),
                            widening.since(current(now), snapshots.apply(state)));
            known = last;
        }
        return last.report();
    }

    /** Knows the documents that are on the server now. */
    private synchronized Earlier current(Pending now) {
        StoredPolicies.State state = stored.now();
        if (number != state.number()) {
            now.earlier()
                    .documents(
                            state.stored().stream()
                                    .map(one ->
                                            Map.of(
                                                    "level", one.level().wire(),
                                                    "of", one.of(),
                                                    "name", one.name(),
                                                    "file", one.file(),
                                                    "text", one.text()))
                                    .toList());
            number = state.number();
        }
        return now.earlier();
    }

    /** The decision, or one as strict as before where only defaults that wait allow the call. */
    Decision held(Decision decision, ToolCall call, Instant at, boolean pastWindow) {
        Pending now = pending;
        if (now == null || !(decision instanceof Decision.Allow)) {
            return decision;
        }
        Effect before =
                Effect.of(current(now).effect(CallJson.of(call), at, pastWindow))
                        .orElse(Effect.ASK);
        if (before == Effect.ALLOW) {
            return decision;
        }
        return held(decision, before, now.before(), own.version());
    }

    /**
     * A decision that newer defaults allow, as strict as before.
     *
     * @param before what the earlier ones say, not allow
     * @param inForce the version of the earlier ones
     * @param own the version of those of this program
     */
    public static Decision held(Decision decision, Effect before, String inForce, String own) {
        // Put off till when is not known here, so that is a denial.
        Effect effect = before == Effect.ASK ? Effect.ASK : Effect.DENY;
        String text =
                "only the built-in "
                        + own
                        + " allow this, and nobody accepted them yet; "
                        + inForce
                        + (before == Effect.ASK
                                ? " ask about it"
                                : before == Effect.DEFER ? " put it off" : " deny it");
        Because because = new Because("defaults", inForce, null, effect, text);
        Explanation was = decision.explanation();
        Explanation explanation =
                new Explanation(
                        was.operations().stream()
                                .map(one -> new Judged(one.operation(), effect, List.of(because)))
                                .toList(),
                        was.risk(),
                        "",
                        new Decider(Decider.Kind.DEFAULT_POLICY, inForce),
                        was.policyVersion(),
                        was.personas(),
                        was.obligations());
        return effect == Effect.ASK
                ? new Decision.Ask(
                        text, explanation, List.of(), Optional.empty(), Unanswered.EXPIRES)
                : new Decision.Deny(text, explanation);
    }

    /** Asks about what cannot be judged, for whatever reason. */
    private record Careful(Earlier earlier) implements Earlier {
        @Override
        public void documents(List<Map<String, String>> documents) {
            earlier.documents(documents);
        }

        @Override
        public String effect(ObjectNode call, Instant at, boolean pastWindow) {
            try {
                return earlier.effect(call, at, pastWindow);
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                return Effect.ASK.wire();
            }
        }

        @Override
        public String example(ObjectNode call, Instant at) {
            try {
                return earlier.example(call, at);
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                return Effect.ASK.wire();
            }
        }
    }

    /** Of tables that cannot be read. */
    private static final class Unknown implements Earlier {
        @Override
        public void documents(List<Map<String, String>> documents) {
            // Nothing is judged by them.
        }

        @Override
        public String effect(ObjectNode call, Instant at, boolean pastWindow) {
            return Effect.ASK.wire();
        }

        @Override
        public String example(ObjectNode call, Instant at) {
            return Effect.ASK.wire();
        }
    }
}
