package dev.countersign.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.analysis.UserPrograms;
import dev.countersign.audit.AuditQuery;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.PolicySnapshot;
import dev.countersign.policy.Redaction;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a change of policy would newly allow, tried on the shipped example calls and on the calls of
 * the last thirty days. Exact on those, and no claim about others; the report says what was left
 * out for want of time or because there are so many agents.
 */
public final class Widening {
    private static final Duration LOOKED_BACK = Duration.ofDays(30);
    private static final int MOST_RECORDS = 5_000;
    private static final int PAGE = 1_000;
    private static final int MOST_SHOWN = 200;
    private static final int MOST_AGENTS = 25;
    private static final Duration MOST_TIME = Duration.ofSeconds(2);

    /** Once for each version of the program, and its tables have to be read first. */
    private static final Duration MOST_TIME_OF_UPGRADE = Duration.ofSeconds(30);

    /** The agent no document speaks of. */
    private static final String ANYBODY = "an agent";

    private final AuditQuery audit;
    private final Analyzer here;
    private final Clock clock;

    /** Looks at the recorded calls as this analyser sees them now. */
    public Widening(AuditQuery audit, Analyzer here, Clock clock) {
        this.audit = audit;
        this.here = here;
        this.clock = clock;
    }

    /**
     * A call that becomes allowed.
     *
     * @param call the command, path or address
     * @param agent whose
     * @param recorded how many recorded calls of the last thirty days are this one; 0 for an
     *     example
     * @param before what it was
     * @param because why it is allowed from then on
     */
    public record Allowed(String call, String agent, int recorded, Effect before, String because) {}

    /**
     * What becomes allowed.
     *
     * @param allowed at most 200 of them, the most often recorded first
     * @param count how many there are
     * @param examples how many example calls were tried, for all agents together
     * @param records how many recorded calls were tried
     * @param agents for how many agents the example calls were tried
     * @param named how many there are: those the documents name, and one they do not name
     * @param limits what was not tried, in words; empty when nothing was left out
     */
    public record Report(
            List<Allowed> allowed,
            int count,
            int examples,
            int records,
            int agents,
            int named,
            String limits) {
        /** Nothing changes. */
        public static final Report NOTHING = new Report(List.of(), 0, 0, 0, 0, 0, "");

        public Report {
            allowed = List.copyOf(allowed);
        }

        /** As the API and the ledger show it. */
        public ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("count", count);
            json.put("examples", examples);
            json.put("records", records);
            json.put("agents", agents);
            json.put("agents_named", named);
            json.put("limits", limits);
            var list = json.putArray("calls");
            for (Allowed one : allowed) {
                list.addObject()
                        .put("call", one.call())
                        .put("agent", one.agent())
                        .put("recorded", one.recorded())
                        .put("before", one.before().wire())
                        .put("because", one.because());
            }
            return json;
        }
    }

    /** Compares what is in force with what would be, in one workspace. */
    public Report in(WaitingFiles.Change change) {
        return between(
                _ -> change.now(),
                _ -> change.then(),
                call -> call.context().workspace().equals(change.workspace()));
    }

    /** Compares other built-in defaults with those of this program, under the same documents. */
    Report since(Earlier earlier, Function<ToolCall, PolicySnapshot> documents) {
        return compare(
                documents,
                documents,
                _ -> true,
                (call, at, recorded, _) ->
                        Effect.of(
                                        recorded
                                                ? earlier.effect(CallJson.of(call), at, false)
                                                : earlier.example(CallJson.of(call), at))
                                .orElse(Effect.ASK),
                MOST_TIME_OF_UPGRADE);
    }

    /** Compares what is in force with what would be. */
    public Report between(
            Function<ToolCall, PolicySnapshot> now, Function<ToolCall, PolicySnapshot> then) {
        return between(now, then, _ -> true);
    }

    private Report between(
            Function<ToolCall, PolicySnapshot> now,
            Function<ToolCall, PolicySnapshot> then,
            Predicate<ToolCall> touched) {
        return compare(
                now, then, touched, (_, _, _, judged) -> judged.apply(now).effect(), MOST_TIME);
    }

    /** What a call comes to before the change. */
    private interface Before {
        /**
         * The effect.
         *
         * @param recorded whether it is a call of the ledger
         * @param judged the decision by the present defaults under these documents
         */
        Effect of(
                ToolCall call,
                Instant at,
                boolean recorded,
                Function<Function<ToolCall, PolicySnapshot>, Decision> judged);
    }

    private Report compare(
            Function<ToolCall, PolicySnapshot> now,
            Function<ToolCall, PolicySnapshot> then,
            Predicate<ToolCall> touched,
            Before before,
            Duration mostTime) {
        ToolCall some = example("ls", ANYBODY);
        List<String> agents = agents(now.apply(some).agents(), then.apply(some).agents());
        Trial trial = new Trial(before, then, clock.instant(), mostTime);
        // What people did comes first and has the time. The examples of anybody are few and always
        // tried, those of others as long as there is time.
        boolean all = trial.records(touched);
        trial.examples(ANYBODY);
        int tried = 1;
        while (tried < Math.min(agents.size(), MOST_AGENTS) && trial.inTime()) {
            trial.examples(agents.get(tried++));
        }
        List<String> limits = new ArrayList<>();
        if (!all || tried < Math.min(agents.size(), MOST_AGENTS)) {
            limits.add("stopped after " + mostTime.toSeconds() + " s");
        }
        if (!all) {
            limits.add("not all recorded calls were tried");
        }
        if (tried < agents.size()) {
            limits.add(
                    "example calls were tried for " + tried + " of " + agents.size() + " agents");
        }
        return new Report(
                // What people know from their own work comes first.
                trial.found.values().stream()
                        .sorted(Comparator.comparingInt(Allowed::recorded).reversed())
                        .limit(MOST_SHOWN)
                        .toList(),
                trial.found.size(),
                trial.examples,
                trial.records,
                tried,
                agents.size(),
                String.join("; ", limits));
    }

    /** Anybody first, then whom only one of the two speaks of: there is most to find. */
    private static List<String> agents(Set<String> now, Set<String> then) {
        Set<String> names = new LinkedHashSet<>();
        names.add(ANYBODY);
        then.stream().filter(name -> !now.contains(name)).forEach(names::add);
        now.stream().filter(name -> !then.contains(name)).forEach(names::add);
        names.addAll(then);
        return List.copyOf(names);
    }

    /** One comparison, with what is worked out once in it. */
    private final class Trial {
        private final Before earlier;
        private final Function<ToolCall, PolicySnapshot> then;
        private final Instant at;
        private final Duration mostTime;
        private final Analyzer away = new Analyzer(Facts.NONE, Guarded.DEFAULT);
        private final Map<String, Allowed> found = new LinkedHashMap<>();

        /** Who calls changes which documents apply, and nothing of what a call does. */
        private final Map<UserPrograms, Map<String, Analysis>> analysed = new HashMap<>();

        private final Map<PolicySnapshot, Map<Object, PolicySnapshot>> applying = new HashMap<>();
        private int examples;
        private int records;

        Trial(
                Before earlier,
                Function<ToolCall, PolicySnapshot> then,
                Instant at,
                Duration mostTime) {
            this.earlier = earlier;
            this.then = then;
            this.at = at;
            this.mostTime = mostTime;
        }

        boolean inTime() {
            return clock.instant().isBefore(at.plus(mostTime));
        }

        void examples(String agent) {
            for (String command : Examples.COMMANDS) {
                compare(
                        example(command, agent),
                        (call, programs) ->
                                analysed.computeIfAbsent(programs, _ -> new HashMap<>())
                                        .computeIfAbsent(
                                                command, _ -> away.analyze(call, programs)),
                        false);
                examples++;
            }
        }

        /**
         * Tries the calls of the last thirty days, the latest first.
         *
         * @return whether there was time for all of them
         */
        boolean records(Predicate<ToolCall> touched) {
            Map<String, String> filters =
                    Map.of("kind", "decision", "from", at.minus(LOOKED_BACK).toString());
            long before = Long.MAX_VALUE;
            int seen = 0;
            while (true) {
                List<AuditQuery.Recorded> page = audit.list(filters, before, PAGE);
                for (AuditQuery.Recorded record : page) {
                    if (seen++ == MOST_RECORDS || !inTime()) {
                        return false;
                    }
                    before = record.index();
                    JsonNode call = record.body().path("body").path("call");
                    // What was left out of the record cannot be judged again.
                    if (call.isObject() && !call.toString().contains(Redaction.LEFT_OUT)) {
                        ToolCall made = here.placed(CallJson.read((ObjectNode) call));
                        if (touched.test(made)) {
                            compare(made, here::analyze, true);
                            records++;
                        }
                    }
                }
                if (page.size() < PAGE) {
                    return true;
                }
            }
        }

        private void compare(
                ToolCall call,
                BiFunction<ToolCall, UserPrograms, Analysis> analyzer,
                boolean recorded) {
            Decision after = decide(then, call, analyzer);
            if (after.effect() != Effect.ALLOW) {
                return;
            }
            Effect before =
                    earlier.of(call, at, recorded, documents -> decide(documents, call, analyzer));
            if (before == Effect.ALLOW) {
                return;
            }
            String shown = CallJson.headline(call);
            String agent = call.subject().agent();
            Allowed one = new Allowed(shown, agent, recorded ? 1 : 0, before, after.reason());
            found.merge(
                    agent + '\n' + shown,
                    one,
                    (a, b) ->
                            new Allowed(
                                    a.call(),
                                    a.agent(),
                                    a.recorded() + b.recorded(),
                                    a.before(),
                                    a.because()));
        }

        private Decision decide(
                Function<ToolCall, PolicySnapshot> documents,
                ToolCall call,
                BiFunction<ToolCall, UserPrograms, Analysis> analyzer) {
            Verdict written = judged(documents, call, analyzer);
            Optional<ToolCall> told = call.told().map(here::placed);
            return told.isEmpty()
                    ? written.decision()
                    : written.and(judged(documents, told.get(), analyzer)).decision();
        }

        private Verdict judged(
                Function<ToolCall, PolicySnapshot> documents,
                ToolCall call,
                BiFunction<ToolCall, UserPrograms, Analysis> analyzer) {
            PolicySnapshot all = documents.apply(call);
            PolicySnapshot snapshot =
                    all.applyingTo(call, applying.computeIfAbsent(all, _ -> new HashMap<>()));
            Analysis analysis = analyzer.apply(call, snapshot.programs());
            return new Verdict(analysis, Evaluator.evaluate(snapshot, call, analysis, at));
        }
    }

    /** A call of the example corpus as JSON. */
    static ObjectNode exampleJson(String command) {
        return CallJson.of(example(command, ANYBODY));
    }

    private static ToolCall example(String command, String agent) {
        return new ToolCall(
                "example",
                "Bash",
                JsonNodeFactory.instance.objectNode().put("command", command),
                new Context(
                        "/home/example/workspace",
                        "/home/example/workspace",
                        "/home/example",
                        Shell.BASH,
                        "linux",
                        Map.of()),
                Subject.local(agent),
                null,
                null,
                null);
    }

    /** Read at first use. */
    private static final class Examples {
        static final List<String> COMMANDS = read();

        private static List<String> read() {
            try (InputStream in = Widening.class.getResourceAsStream("example-commands.txt")) {
                if (in == null) {
                    throw new IllegalStateException("no example commands (this is a bug)");
                }
                return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
