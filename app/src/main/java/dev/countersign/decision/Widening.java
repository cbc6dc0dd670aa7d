package dev.countersign.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.PolicySnapshot;
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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a change of policy would newly allow, tried on the shipped example calls and on the calls of
 * the last thirty days. Exact on those, and no claim about others.
 */
public final class Widening {
    private static final Duration LOOKED_BACK = Duration.ofDays(30);
    private static final int MOST_RECORDS = 5_000;
    private static final int PAGE = 1_000;
    private static final int MOST_SHOWN = 200;

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
     * @param examples how many example calls were tried
     * @param records how many recorded calls were tried
     */
    public record Report(List<Allowed> allowed, int count, int examples, int records) {
        public Report {
            allowed = List.copyOf(allowed);
        }

        /** As the API and the ledger show it. */
        public ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("count", count);
            json.put("examples", examples);
            json.put("records", records);
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

    /** Compares what is in force with what would be. */
    public Report between(
            Function<ToolCall, PolicySnapshot> now, Function<ToolCall, PolicySnapshot> then) {
        return between(now, then, _ -> true);
    }

    private Report between(
            Function<ToolCall, PolicySnapshot> now,
            Function<ToolCall, PolicySnapshot> then,
            Predicate<ToolCall> touched) {
        Map<String, Allowed> found = new LinkedHashMap<>();
        Instant at = clock.instant();
        Set<String> agents = new LinkedHashSet<>();
        agents.add("an agent");
        List<String> commands = Examples.COMMANDS;
        Analyzer away = new Analyzer(Facts.NONE, Guarded.DEFAULT);
        ToolCall some = example("ls", "an agent");
        agents.addAll(then.apply(some).agents());
        agents.addAll(now.apply(some).agents());
        int examples = 0;
        for (String agent : agents) {
            for (String command : commands) {
                compare(found, example(command, agent), away, now, then, at, false);
                examples++;
            }
        }
        int records = 0;
        for (ToolCall call : recorded(at)) {
            if (!touched.test(call)) {
                continue;
            }
            compare(found, call, here, now, then, at, true);
            records++;
        }
        return new Report(
                // What people know from their own work comes first.
                found.values().stream()
                        .sorted(Comparator.comparingInt(Allowed::recorded).reversed())
                        .limit(MOST_SHOWN)
                        .toList(),
                found.size(),
                examples,
                records);
    }

    private static void compare(
            Map<String, Allowed> found,
            ToolCall call,
            Analyzer analyzer,
            Function<ToolCall, PolicySnapshot> now,
            Function<ToolCall, PolicySnapshot> then,
            Instant at,
            boolean recorded) {
        Decision after = decide(then.apply(call), call, analyzer, at);
        if (after.effect() != Effect.ALLOW) {
            return;
        }
        Decision before = decide(now.apply(call), call, analyzer, at);
        if (before.effect() == Effect.ALLOW) {
            return;
        }
        String shown = CallJson.headline(call);
        String agent = call.subject().agent();
        Allowed one = new Allowed(shown, agent, recorded ? 1 : 0, before.effect(), after.reason());
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

    private static Decision decide(
            PolicySnapshot documents, ToolCall call, Analyzer analyzer, Instant at) {
        PolicySnapshot snapshot = documents.applyingTo(call);
        Analysis analysis = analyzer.analyze(call, snapshot.programs());
        return Evaluator.evaluate(snapshot, call, analysis, at);
    }

    private List<ToolCall> recorded(Instant at) {
        Map<String, String> filters =
                Map.of("kind", "decision", "from", at.minus(LOOKED_BACK).toString());
        List<ToolCall> calls = new ArrayList<>();
        long before = Long.MAX_VALUE;
        while (calls.size() < MOST_RECORDS) {
            List<AuditQuery.Recorded> page = audit.list(filters, before, PAGE);
            for (AuditQuery.Recorded record : page) {
                JsonNode call = record.body().path("body").path("call");
                // What was left out of the record cannot be judged again.
                if (call.isObject() && !call.toString().contains(Redaction.LEFT_OUT)) {
                    calls.add(CallJson.read((ObjectNode) call));
                }
                before = record.index();
            }
            if (page.size() < PAGE) {
                break;
            }
        }
        return calls;
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
