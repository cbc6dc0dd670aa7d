package dev.countersign.policy;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.entity.Entities;
import com.cedarpolicy.model.policy.PolicySet;
import com.cedarpolicy.value.EntityUID;
import com.cedarpolicy.value.PrimString;
import com.cedarpolicy.value.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.casbin.jcasbin.main.Enforcer;
import org.casbin.jcasbin.model.Model;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The rules and queries of {@link PolicyBenchmark} put to Cedar and jCasbin, as near as their
 * languages come: neither asks, so what asks is forbidden there; tags, spellings of a command and
 * exceptions have no counterpart and are left out. Each is used at its best: Cedar with its policies
 * parsed once and kept, jCasbin with prefixes, its cheapest patterns, on texts turned round where a
 * suffix is meant.
 */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
public class SideBySideBenchmark {
    @Param({"10", "1000", "10000"})
    public int rules = 10;

    @Param({"npm test", "git push origin main", "cat src/app/main.ts", "curl https://example.com"})
    public String command = "npm test";

    private final PolicyBenchmark ours = new PolicyBenchmark();
    private final BasicAuthorizationEngine cedar = new BasicAuthorizationEngine();
    private PolicySet cedarPolicies;
    private AuthorizationRequest cedarRequest;
    private final Entities nothing = new Entities();
    private Enforcer casbin;
    private Object[] casbinRequest;

    /** What the analysis of the call says, for engines that have none. */
    private record Query(
            String action, String command, String path, String host, String branch) {}

    @Setup
    public void prepare() throws Exception {
        ours.rules = rules;
        ours.command = command;
        ours.prepare();
        Query query =
                switch (command) {
                    case "npm test" -> new Query("shell_run", command, "", "", "");
                    case "git push origin main" -> new Query("git_push", command, "", "", "main");
                    case "cat src/app/main.ts" ->
                            new Query("file_read", command, "./src/app/main.ts", "", "");
                    default -> new Query("web_fetch", command, "", "example.com", "");
                };
        StringBuilder text = new StringBuilder("permit(principal, action, resource);\n");
        for (int i = 0; i < rules; i++) {
            text.append(cedar(i)).append('\n');
        }
        cedarPolicies = PolicySet.parsePolicies(text.toString());
        cedarPolicies.cache();
        Map<String, Value> context = new HashMap<>();
        context.put("command", new PrimString(query.command));
        context.put("path", new PrimString(query.path));
        context.put("host", new PrimString(query.host));
        context.put("branch", new PrimString(query.branch));
        cedarRequest =
                new AuthorizationRequest(
                        uid("Agent::\"bench\""),
                        uid("Action::\"" + query.action + "\""),
                        uid("Call::\"call\""),
                        context);

        Model model = new Model();
        model.loadModelFromText(
                """
                [request_definition]
                r = act, cmd, path, file, host, branch
                [policy_definition]
                p = act, cmd, path, file, host, branch, eft
                [policy_effect]
                e = !some(where (p.eft == deny))
                [matchers]
                m = (p.act == '*' || r.act == p.act) && keyMatch(r.cmd, p.cmd) && keyMatch(r.path, p.path) && keyMatch(r.file, p.file) && keyMatch(r.host, p.host) && keyMatch(r.branch, p.branch)
                """);
        casbin = new Enforcer(model);
        casbin.enableLog(false);
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (int i = 0; i < rules; i++) {
            List<String> rule = casbin(i);
            all.put(rule.toString(), rule);
        }
        casbin.addPolicies(List.copyOf(all.values()));
        casbinRequest =
                new Object[] {
                    query.action,
                    query.command,
                    query.path,
                    query.path.substring(query.path.lastIndexOf('/') + 1),
                    new StringBuilder(query.host).reverse().toString(),
                    query.branch
                };
        boolean asked = command.equals("git push origin main");
        if (cedar() == asked || casbin() == asked) {
            throw new IllegalStateException("they answer otherwise than the rules say");
        }
    }

    private static EntityUID uid(String text) {
        return EntityUID.parse(text).orElseThrow();
    }

    private static String cedar(int i) {
        return switch (i) {
            case 0 -> forbid("git_push", "context.branch == \"main\"");
            case 1 -> "permit(principal, action, resource) when {context.command like \"npm test*\"};";
            case 2 -> forbid("", "context.path like \"*.pem\"");
            case 3 -> forbid("", "context.command like \"deploy*\"");
            default ->
                    switch (i % 6) {
                        case 0 -> forbid("", "context.command like \"tool" + i + " run --force*\"");
                        case 1 -> forbid("", "context.command like \"npm run task-" + i + "*\"");
                        case 2 ->
                                forbid(
                                        "file_write",
                                        "context.path like \"./module" + i + "/src/*\"");
                        case 3 -> forbid("", "context.path like \"*/secret-" + i + "*.json\"");
                        case 4 -> forbid("", "context.host like \"*.host" + i + ".example.com\"");
                        default -> forbid("git_push", "context.branch like \"release-" + i + "-*\"");
                    };
        };
    }

    private static String forbid(String action, String when) {
        return "forbid(principal, action"
                + (action.isEmpty() ? "" : " == Action::\"" + action + "\"")
                + ", resource) when {"
                + when
                + "};";
    }

    private static List<String> casbin(int i) {
        return switch (i) {
            case 0 -> rule("git_push", "*", "*", "*", "*", "main");
            case 1 -> List.of("*", "npm test*", "*", "*", "*", "*", "allow");
            case 2 -> rule("*", "*", "*", "key.pem", "*", "*");
            case 3 -> rule("*", "deploy*", "*", "*", "*", "*");
            default ->
                    switch (i % 6) {
                        case 0 -> rule("*", "tool" + i + " run --force*", "*", "*", "*", "*");
                        case 1 -> rule("*", "npm run task-" + i + "*", "*", "*", "*", "*");
                        case 2 -> rule("file_write", "*", "./module" + i + "/src/*", "*", "*", "*");
                        case 3 -> rule("*", "*", "*", "secret-" + i + "*", "*", "*");
                        case 4 ->
                                rule(
                                        "*",
                                        "*",
                                        "*",
                                        "*",
                                        new StringBuilder(".host" + i + ".example.com").reverse()
                                                + "*",
                                        "*");
                        default -> rule("git_push", "*", "*", "*", "*", "release-" + i + "-*");
                    };
        };
    }

    private static List<String> rule(
            String act, String cmd, String path, String file, String host, String branch) {
        return List.of(act, cmd, path, file, host, branch, "deny");
    }

    @Benchmark
    public Decision countersign() {
        return ours.decide();
    }

    @Benchmark
    public boolean cedar() throws Exception {
        return cedar.isAuthorized(cedarRequest, cedarPolicies, nothing)
                .success
                .orElseThrow()
                .isAllowed();
    }

    @Benchmark
    public boolean casbin() {
        return casbin.enforce(casbinRequest);
    }
}
