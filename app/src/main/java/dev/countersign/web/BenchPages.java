package dev.countersign.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Problem;
import dev.countersign.api.TryRoute;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The test bench: a call typed by hand, and what policy says of it. */
final class BenchPages {
    /** Where a call is tried when nobody says where: a folder of which nothing is known. */
    private static final String SOMEWHERE = "/home/example/workspace";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Site site;
    private final TryRoute trying;

    BenchPages(Site site, TryRoute trying) {
        this.site = site;
        this.trying = trying;
    }

    /**
     * The call as the interface takes it.
     *
     * @param typed a command where the tool is a shell, else the input as JSON
     */
    static ObjectNode call(String tool, String typed, String workspace, String agent) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        String folder = workspace.isEmpty() ? SOMEWHERE : workspace;
        body.put("client", "bench").put("tool", tool).put("cwd", folder);
        body.put("workspace", folder);
        if (!agent.isEmpty()) {
            body.put("agent", agent);
        }
        body.set("input", input(tool, typed));
        return body;
    }

    private static ObjectNode input(String tool, String typed) {
        if (tool.equals("Bash")) {
            return JsonNodeFactory.instance.objectNode().put("command", typed);
        }
        try {
            if (JSON.readTree(typed) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException notJson) {
            // Said below.
        }
        throw new Problem(Problem.Kind.BAD_REQUEST, Texts.say("bench.the-input-of-a"));
    }

    void bench(Visit visit) {
        show(
                visit,
                200,
                visit.query("tool").orElse("Bash"),
                visit.query("input").orElse(""),
                visit.query("workspace").orElse(""),
                visit.query("agent").orElse(""),
                "",
                "",
                null);
    }

    void tried(Visit visit) {
        String tool = visit.text("tool", 256).isEmpty() ? "Bash" : visit.text("tool", 256);
        String input = visit.field("input").replace("\r\n", "\n").strip();
        String workspace = visit.text("workspace", 4_000);
        String agent = visit.text("agent", 128);
        String driver = visit.text("driver", 320);
        try {
            if (input.isEmpty()) {
                throw new Problem(Problem.Kind.BAD_REQUEST, Texts.say("bench.type-what-an-agent"));
            }
            ObjectNode body = call(tool, input, workspace, agent);
            if (!driver.isEmpty()) {
                body.put("driver", driver);
            }
            ObjectNode answer = trying.tried(visit.request(), body, visit.person());
            show(visit, 200, tool, input, workspace, agent, driver, "", answer);
        } catch (Problem problem) {
            if (problem.kind() == Problem.Kind.TOO_MANY) {
                throw problem;
            }
            show(
                    visit,
                    problem.kind().status(),
                    tool,
                    input,
                    workspace,
                    agent,
                    driver,
                    Site.sentence(problem.detail()),
                    null);
        }
    }

    private void show(
            Visit visit,
            int status,
            String tool,
            String input,
            String workspace,
            String agent,
            String driver,
            String problem,
            @Nullable ObjectNode answer) {
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.frame(visit, Texts.say("bench.test-bench"), "policies", false));
        model.put("tool", tool);
        model.put("input", input);
        model.put("workspace", workspace);
        model.put("agent", agent);
        model.put("driver", driver);
        model.put("problem", problem);

        JsonNode now = answer == null ? null : answer.path("now");
        model.put("effect", now == null ? "" : now.path("effect").asText());
        model.put(
                "approvers",
                now == null
                        ? List.of()
                        : now.path("approvers").valueStream().map(JsonNode::asText).toList());
        model.put(
                "call",
                answer == null || now == null ? null : CallView.of(answer.path("call"), now));
        model.put("version", now == null ? "" : now.path("policy_version").asText());
        site.page(visit.response(), status, "bench", model);
    }
}
