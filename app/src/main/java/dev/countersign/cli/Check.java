package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analysis;
import dev.countersign.decision.Ids;
import dev.countersign.policy.Decision;
import dev.countersign.policy.DecisionJson;
import dev.countersign.policy.Effect;
import dev.countersign.policy.ExplanationText;
import java.io.IOException;
import java.security.SecureRandom;

/** Says what would be answered to a call, with no server. */
final class Check implements Command {
    private final Tools tools;

    Check(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return CallOptions.addTo(
                        Syntax.of("check", "Say what would be answered to a call, with no server."))
                .note(
                        "Newer built-in defaults that wait in the data folder are kept back here as"
                                + " well, unless `--policy`, `--profile` or `--autonomy` is given.")
                .note("Exit code: 0 allow, 10 ask, 20 deny, 30 defer, 2 wrong usage.")
                .options(
                        "--policy",
                        "FILE",
                        "a policy to judge by, trusted (default: the workspace's own files,"
                                + " untrusted unless accepted)")
                .option("--profile", "P", "profile of the nearest document")
                .option("--autonomy", "M", "full, partial or manual, for the nearest document")
                .flag("--explain", "show all that took part; a star marks what forced the answer")
                .option(
                        "--at",
                        "INSTANT",
                        "the time to judge at, such as 2026-03-29T10:00:00Z (default: now)");
    }

    @Override
    public int run(Given given) throws IOException {
        CallOptions.check(given);
        ObjectNode standard = CallOptions.standard(given);
        given.value("--at").ifPresent(at -> standard.put("at", at));
        CallReader reader = new CallReader(standard, tools.around());
        Judge judge =
                new Judge(tools, Where.of(given, tools.around()).place())
                        .withPolicies(given.values("--policy"))
                        .withCaller(given.value("--profile"), given.value("--autonomy"));
        Ids ids = new Ids(tools.around().clock(), new SecureRandom());
        if (given.has("--batch")) {
            return new Batch(tools.terminal(), reader)
                    .run(request -> DecisionJson.of(ids.next(), decide(judge, request)));
        }
        CallReader.Request request;
        try {
            request = reader.read(CallOptions.one(given));
        } catch (Json.Broken e) {
            throw Failure.usage(e.text());
        }
        Decision decision = decide(judge, request);
        if (given.has("--json")) {
            tools.terminal().line(Json.write(DecisionJson.of(ids.next(), decision)));
        } else {
            print(
                    given.has("--explain")
                            ? judge.explain(request, decision)
                            : ExplanationText.of(decision));
        }
        return exitCode(decision.effect());
    }

    private static Decision decide(Judge judge, CallReader.Request request) {
        Analysis analysis = judge.analyze(request.call());
        return judge.held(request, judge.decide(request, analysis));
    }

    private void print(String explanation) {
        new ExplanationLayout(tools.terminal()).lines(explanation).forEach(tools.terminal()::line);
    }

    static int exitCode(Effect effect) {
        return switch (effect) {
            case ALLOW -> 0;
            case ASK -> 10;
            case DENY -> 20;
            case DEFER -> 30;
        };
    }
}
