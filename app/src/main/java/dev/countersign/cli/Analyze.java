package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Intent;
import dev.countersign.call.ToolCall;
import java.io.IOException;
import java.util.List;

/** Says what a call would do, without any policy. */
final class Analyze implements Command {
    private final Tools tools;

    Analyze(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return CallOptions.addTo(
                Syntax.of(
                        "analyze",
                        "Say which operations a call consists of, with no policy and no server."));
    }

    @Override
    public int run(Given given) throws IOException {
        CallOptions.check(given);
        CallReader reader = new CallReader(CallOptions.standard(given), tools.around());
        Judge judge = new Judge(tools, Where.of(given, tools.around()).place());
        if (given.has("--batch")) {
            return new Batch(tools.terminal(), reader)
                    .run(request -> json(request.call(), judge.analyze(request.call())));
        }
        ToolCall call;
        try {
            call = reader.read(CallOptions.one(given)).call();
        } catch (Json.Broken e) {
            throw Failure.usage(e.text());
        }
        Analysis analysis = judge.analyze(call);
        if (given.has("--json")) {
            tools.terminal().line(Json.write(json(call, analysis)));
        } else {
            OperationText.lines(call, analysis, tools.terminal()).forEach(tools.terminal()::line);
        }
        return 0;
    }

    static ObjectNode json(ToolCall call, Analysis analysis) {
        ObjectNode json = Json.object();
        json.put("risk", analysis.risk().wire());
        ArrayNode operations = json.putArray("operations");
        List<String> intents = Intent.of(analysis, call.context());
        for (int i = 0; i < intents.size(); i++) {
            ObjectNode operation = OperationText.json(analysis.operations().get(i));
            operations.add(operation.put("intent", intents.get(i)));
        }
        return json;
    }
}
